"""A mailbox that is the same in the stage and in the test, so that both know its signed addresses."""

from procurement.models import Alert, Subscriber

MAILBOX = Subscriber(pk=616_161, secret="mailbox")
# An alert that it follows, and one of somebody else that waits to be confirmed.
FOLLOWED = 626_262
ASKED = Alert(pk=636_363)
# Two webhooks of it: one that works, one that is paused.
WEBHOOK, PAUSED_WEBHOOK = 646_464, 656_565
