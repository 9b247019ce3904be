"""Addresses of the boroughs app: needs, contracts, people."""

from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = []
