"""The colours and the face of every chart."""

# From pale to dark; the text on the last two is white.
STEPS = ("#ece5f6", "#cfbde8", "#a98bd3", "#6f47a8", "#3d1f6b")
STEP_INK = ("#1c1529", "#1c1529", "#1c1529", "#ffffff", "#ffffff")
NOTHING = "#f4f2f6"
NOTHING_INK = "#544c63"
MAIN = "#5b3594"
PALE = "#cfbde8"
ACCENT = "#f2a33a"
# The accent where it must be read on white.
WARM = "#9a570a"
INK = "#1c1529"
QUIET = "#544c63"
GRID = "#ddd4ea"
FACE = "Inter, Helvetica Neue, Arial, sans-serif"


def step(value: float, largest: float) -> int:
    """Which of the five steps `value` falls in, 0 to 4, in equal shares of `largest`."""
    if largest <= 0:
        return 0
    share = min(max(value / largest, 0.0), 1.0)
    return min(int(share * 5 - 1e-9), 4)
