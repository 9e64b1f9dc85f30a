"""The same deals by Django REST framework, as its tutorial would have it: what to be faster than."""

from django.core.wsgi import get_wsgi_application
from django.urls import path

application = get_wsgi_application()

from rest_framework import generics, serializers  # noqa: E402  (wants the settings read)

from crm.models import Deal, FieldValue  # noqa: E402


class ValueSerializer(serializers.ModelSerializer):
    class Meta:
        model = FieldValue
        fields = ["field", "text"]


class DealOfKeysSerializer(serializers.ModelSerializer):
    """What the protocol's order has, no more: status, client and manager are told by their keys."""

    field_values = ValueSerializer(many=True)

    class Meta:
        model = Deal
        fields = ["id", "title", "created_at", "status", "price", "cost", "visit", "client", "manager", "field_values"]


class DealSerializer(DealOfKeysSerializer):
    """As the tutorial tells an owner: by name."""

    status = serializers.ReadOnlyField(source="status.name")
    client = serializers.ReadOnlyField(source="client.name")
    manager = serializers.ReadOnlyField(source="manager.full_name")


class DealsOfKeys(generics.ListAPIView):
    queryset = Deal.objects.order_by("pk").prefetch_related("field_values")
    serializer_class = DealOfKeysSerializer


class Deals(generics.ListAPIView):
    queryset = DealsOfKeys.queryset.select_related("status", "client", "manager")
    serializer_class = DealSerializer


urlpatterns = [path("deals/", Deals.as_view()), path("deals-of-keys/", DealsOfKeys.as_view())]
