"""WSGI 入口，由 granian 载入。"""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
application = get_wsgi_application()

# 载入的模块一直在用，不必每次回收都扫一遍；一页要造几千个对象，攒多些再扫（冷页面省三成处理器时间）
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
