"""Documents that an office program opens and changes: OpenDocument texts."""
