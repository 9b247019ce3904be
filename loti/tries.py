"""How many wrong passwords are taken, and how many links to a new one are sent (docs/adr/0026).

Written as allauth reads them: so many in seconds (s), minutes (m) or hours (h), counted by address (ip) or by what the
caller says (key). Behind several processes without a shared cache each counts for itself.
"""

# For one account, from one place or one known device.
HERE = "login_failed"
# For one account from all unknown devices together; and from one place for all accounts. With the tries of one place
# nobody comes to the first: that takes five, and whoever has a network of IPv6 has hundreds. In this order, for allauth
# stops at the first that refuses: a try that is one too many from its place still counts for the account.
ELSEWHERE = "login_failed_elsewhere"
# Links to one mailbox, whoever asks. What is too much is not sent, and not told: the last ones work.
LINKS = "password_link"

RATES = {
    HERE: "5/5m/key,20/h/key",
    ELSEWHERE: "100/h/key,10/m/ip",
    "reset_password": "20/m/ip",
    LINKS: "5/h/key",
}
