"""Measures the matcher against labelled needs: no page uses it, only commands and tests."""
