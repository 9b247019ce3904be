"""The demand picture out of what was true at one moment: facts in, figures, changes and sentences out.

A pure core: no Django, no clock, no locale, and everything in one order, so that the same facts give the same picture
on every machine. docs/reports.md tells the same in words.
"""
