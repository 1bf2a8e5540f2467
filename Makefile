# 两个命令：make demo 看一看，make test 查一遍。没有 make 就用 python3 scripts/dev.py demo|test。
PYTHON ?= python3

.PHONY: demo test lint bench proof shot lock

demo test lint bench proof shot:
	@$(PYTHON) scripts/dev.py $@ $(ARGS)

# 重新锁定依赖：改了 requirements/*.in 之后运行。
LOCK = .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --annotation-style=line

lock:
	cd requirements && for name in runtime dev uv; do ../$(LOCK) $$name.in -o $$name.txt || exit 1; done
