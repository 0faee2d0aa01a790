# SPDX-License-Identifier: GPL-2.0-or-later
KDIR ?= /lib/modules/$(shell uname -r)/build

all: module tool

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool:
	$(MAKE) -C netlink-tool all

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(MAKE) -C netlink-tool install
	install -D -m 644 kmod/uapi/linux/lbvs.h $(DESTDIR)/usr/include/linux/lbvs.h
	[ -n "$(DESTDIR)" ] || depmod "$$($(MAKE) -s -C $(KDIR) kernelrelease)"

demo:
	scripts/demo

check:
	scripts/check

clean:
	$(MAKE) -C netlink-tool clean
	$(MAKE) -C selftests clean
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: all module tool install demo check clean
