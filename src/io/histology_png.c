/* PNG: 8 bits a colour, no alpha, the difference to the pixel on the left, one IDAT (ISO/IEC 15948).  Texture has hardly
 * any repeats: runs and Huffman codes give the same size as a search for repeats in half the time. */
#include "io/histology.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void put_number(unsigned char *to, unsigned long value) {
  for (int k = 0; k < 4; k++) to[k] = (unsigned char)(value >> (24 - 8 * k));
}

/* Length, type, data, check sum. */
static void add_chunk(taut_text *out, const char *type, const void *data, size_t length) {
  unsigned char number[4];
  put_number(number, (unsigned long)length);
  taut__text_addn(out, (const char *)number, 4);
  taut__text_addn(out, type, 4);
  if (length > 0) taut__text_addn(out, data, length);
  uLong sum = crc32(crc32(0, Z_NULL, 0), (const Bytef *)type, 4);
  if (length > 0) sum = crc32(sum, data, (uInt)length);
  put_number(number, sum);
  taut__text_addn(out, (const char *)number, 4);
}

static void add_description(taut_text *out, const char *key, const char *text) {
  taut_text chunk = {0};
  taut__text_addn(&chunk, key, strlen(key) + 1);
  taut__text_addn(&chunk, text, strlen(text));
  if (chunk.failed)
    out->failed = true;
  else
    add_chunk(out, "tEXt", chunk.data, chunk.length);
  taut__text_free(&chunk);
}

/* Each row begins with its filter: 1, the difference to the left neighbour. */
static void filter(const taut_picture *picture, unsigned char *out) {
  size_t row = 3 * (size_t)picture->width;
  for (int y = 0; y < picture->height; y++) {
    const unsigned char *from = picture->rgb + (size_t)y * row;
    *out++ = 1;
    for (size_t k = 0; k < row; k++) *out++ = (unsigned char)(from[k] - (k < 3 ? 0 : from[k - 3]));
  }
}

/* Packs n bytes; *packed is allocated here. */
static bool pack(unsigned char *plain, size_t n, unsigned char **packed, size_t *length) {
  z_stream z = {0};
  if (n > UINT_MAX || deflateInit2(&z, 1, Z_DEFLATED, 15, 9, Z_RLE) != Z_OK) return false;
  uLong room = deflateBound(&z, (uLong)n);
  *packed = taut__alloc(room, 1);
  z.next_in = plain;
  z.avail_in = (uInt)n;
  z.next_out = *packed;
  z.avail_out = (uInt)room;
  bool done = *packed && deflate(&z, Z_FINISH) == Z_STREAM_END;
  *length = z.total_out;
  deflateEnd(&z);
  return done;
}

static void add_pixels(taut_text *out, const taut_picture *picture) {
  size_t n = (size_t)picture->height * (3 * (size_t)picture->width + 1), length = 0;
  unsigned char *plain = taut__alloc(n, 1), *packed = NULL;
  if (plain) filter(picture, plain);
  if (plain && pack(plain, n, &packed, &length))
    add_chunk(out, "IDAT", packed, length);
  else
    out->failed = true;
  free(plain);
  free(packed);
}

taut_err taut__picture_png(taut_context *context, const taut_picture *picture, const char *description, void **data,
                           size_t *length) {
  static const char signature[] = "\x89PNG\r\n\x1a\n";
  unsigned char header[13] = {0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0};
  taut_text out = {0};
  *data = NULL;
  *length = 0;
  put_number(header, (unsigned long)picture->width);
  put_number(header + 4, (unsigned long)picture->height);
  taut__text_addn(&out, signature, 8);
  add_chunk(&out, "IHDR", header, sizeof header);
  add_description(&out, "Software", "taut");
  add_description(&out, "Description", description);
  add_pixels(&out, picture);
  add_chunk(&out, "IEND", NULL, 0);
  if (out.failed) {
    taut__text_free(&out);
    return taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
  }
  *data = out.data;
  *length = out.length;
  return TAUT_OK;
}
