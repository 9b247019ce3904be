"""Sending to addresses that strangers typed: checked, signed, bounded in time and size. Knows no framework."""
