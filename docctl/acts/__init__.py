"""The acts of document control, one verb per file: the only writers of a library. Must not know how they are asked for."""
