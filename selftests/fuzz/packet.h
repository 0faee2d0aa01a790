/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_H
#define PACKET_H

#include "fuzz.h"

#include <netinet/in.h>

#define PACKET_SIZE   2048
#define ETHERNET_SIZE 14
#define PORTS_MAX     8

/**
 * struct ends - between whom packets go
 * @ipv6: the family of the addresses.
 * @from: address of the sender.
 * @to: address of the receiver.
 * @ports: those of the service.
 * @n_ports: how many.
 * @to_service: they are the receiver's, else the sender's.
 * @from_mac: address of the device that sends.
 * @to_mac: address of the one that gets it.
 */
struct ends {
	bool ipv6;
	uint8_t from[16];
	uint8_t to[16];
	uint16_t ports[PORTS_MAX];
	size_t n_ports;
	bool to_service;
	uint8_t from_mac[6];
	uint8_t to_mac[6];
};

/* packet_build.c */
size_t packet_build(struct random *random, const struct ends *ends,
		    uint8_t *frame);

#endif /* PACKET_H */
