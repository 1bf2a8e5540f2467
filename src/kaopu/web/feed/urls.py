"""图层的地址。"""

from django.urls import path

from kaopu.web.feed.views import map_layer

urlpatterns = [path("map.geojson", map_layer, name="map_feed")]
