"""The API's description (OpenAPI) and the page that shows it."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny


class Schema(SpectacularAPIView):
    permission_classes = (AllowAny,)


# Swagger UI writes styles into its own elements and one into its page; no other page may.
@method_decorator(csp_update({"style-src": "'unsafe-inline'"}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    permission_classes = (AllowAny,)
    url_name = "api-schema"
