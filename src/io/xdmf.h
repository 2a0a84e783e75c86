/* What the XDMF files of tracks and of patches share (private to io/). */
#ifndef TAUT_IO_XDMF_H
#define TAUT_IO_XDMF_H

#include "fields/fields.h"

/** Begins the file and the collection of its times; `end` ends both. */
void taut__xdmf_begin(taut_text *out, const char *title, const char *hash);
void taut__xdmf_end(taut_text *out);
/** Begins the attribute of a field, one value a cell: `NAME [unit]`. */
void taut__xdmf_name(taut_text *out, const taut_field *field);

#endif
