// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <string.h>

void stream_start(struct stream *stream)
{
	stream->state = 0x9e3779b97f4a7c15;
	stream->left = 0;
}

static unsigned char next_byte(struct stream *stream)
{
	unsigned char byte;

	if (!stream->left) {
		/* xorshift64 */
		stream->state ^= stream->state << 13;
		stream->state ^= stream->state >> 7;
		stream->state ^= stream->state << 17;
		stream->word = stream->state;
		stream->left = 8;
	}
	byte = stream->word;
	stream->word >>= 8;
	stream->left--;
	return byte;
}

void stream_fill(struct stream *stream, void *to, size_t size)
{
	unsigned char *bytes = to;
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = next_byte(stream);
}

bool stream_check(struct stream *stream, const void *from, size_t size)
{
	const unsigned char *bytes = from;
	size_t i;

	for (i = 0; i < size; i++)
		if (bytes[i] != next_byte(stream))
			return false;
	return true;
}
