"""The public demand board, as pages, files, feeds and a calendar."""

from django.urls import URLPattern, path

from procurement.views import board, board_files, board_ways, calendars, feeds, following

urlpatterns: list[URLPattern] = [
    path("", board.index, name="board"),
    path("map/", board_ways.board_map, name="board-map"),
    path("timeline/", board_ways.board_timeline, name="board-timeline"),
    path("figures/", board_ways.board_in_figures, name="board-figures"),
    path("notices.csv", board_files.board_notices_csv, name="board-notices-csv"),
    path("notices.xlsx", board_files.board_notices_xlsx, name="board-notices-xlsx"),
    path("figures.csv", board_ways.board_figures_csv, name="board-figures-csv"),
    path("follow/", following.board_follow, name="board-follow"),
    path("feed.atom", feeds.board_feed, name="board-feed"),
    path("feed.json", feeds.board_json_feed, name="board-json-feed"),
    path("calendar.ics", calendars.board_calendar, name="board-calendar"),
]
