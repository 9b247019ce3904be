"""The board for feed readers, calendars and search engines: values in, bytes out. Nothing here asks the database."""
