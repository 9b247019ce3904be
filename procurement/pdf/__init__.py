"""PDF output: templates in, tagged PDF/UA-1 bytes out, rendered in a child process that cannot reach anything."""
