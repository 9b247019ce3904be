"""A technology capability, with the words that boroughs use for it."""

from django.db import models


class CategoryQuerySet(models.QuerySet["Category"]):
    def by_area(self) -> "CategoryQuerySet":
        return self.order_by("area", "name", "pk")


class Category(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.TextField(unique=True)
    area = models.TextField()
    # Common Procurement Vocabulary codes, eight digits each.
    cpv = models.JSONField("CPV codes", default=list)
    synonyms = models.JSONField(default=list)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
