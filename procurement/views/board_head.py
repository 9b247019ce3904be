"""Where the chain of publications ends, for whoever wants to note it: nobody can change what stands before unseen."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from procurement import canonical_json
from procurement.queries import chain
from procurement.views.open_data import open_data
from procurement.views.public import public


@open_data
@public
def board_head(request: HttpRequest) -> HttpResponseBase:
    """The digest of the last version, how many there are and since when. Two queries."""
    end = chain.end()
    return JsonResponse(
        {
            "head": end.digest,
            "algorithm": "SHA-256",
            "versions": end.versions,
            "published_at": canonical_json.moment(end.published_at) if end.published_at else None,
        }
    )
