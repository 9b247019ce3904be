"""How many wrong passwords are taken, and how many links to a new one are sent (docs/adr/0026).

Written as allauth reads them: so many in seconds (s), minutes (m) or hours (h), counted by address (ip) or by what the
caller says (key). Behind several processes without a shared cache each counts for itself.
"""

# For one account, from one place or one known device.
HERE = "login_failed"
# From one place for all accounts; and for one account from all unknown devices together. One stranger alone, with the
# tries of one place, does not come to the second.
ELSEWHERE = "login_failed_elsewhere"
# Links to one mailbox, whoever asks. What is too much is not sent, and not told: the last ones work.
LINKS = "password_link"

RATES = {
    HERE: "5/5m/key,20/h/key",
    ELSEWHERE: "10/m/ip,100/h/key",
    "reset_password": "20/m/ip",
    LINKS: "5/h/key",
}
