"""The nouns of document control: values in, values out. Must not know git, disks, clocks, processes or printing."""
