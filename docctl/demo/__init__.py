"""A rehearsal of document control over eight months, on a real repository and server with throwaway keys. Must not judge."""
