/* Attributes and datasets of HDF5 files as all files of fields have them.  Private to io/.
 *
 * Functions return false, or a negative identifier, on the first failure: HDF5's, which taut__h5_listen() takes down, or of
 * an allocation.  Nothing carries a time stamp: equal contents give equal bytes. */
#ifndef TAUT_IO_H5_H
#define TAUT_IO_H5_H

#include "fields/fields.h"
#include "io/h5_disk.h"

/** Records why `what` could not be done to the file `where`; no reason taken down means out of memory. */
taut_err taut__h5_fail(taut_context *context, const char *where, const char *what, const taut_h5_reason *reason);

bool taut__h5_text(hid_t object, const char *name, const char *text);
bool taut__h5_real(hid_t object, const char *name, double x);
bool taut__h5_int(hid_t object, const char *name, int x);
/** Creates a dataset, writes it unless `data` is NULL, and leaves it open for attributes. */
hid_t taut__h5_data(hid_t parent, const char *name, int rank, const hsize_t *size, hid_t file_type, hid_t memory_type,
                    const void *data);
/** Doubles with unit and sentence. */
bool taut__h5_reals(hid_t parent, const char *name, int rank, const hsize_t *size, const double *data, const char *unit,
                    const char *description);
/** Whole numbers with a sentence. */
bool taut__h5_ints(hid_t parent, const char *name, int rank, const hsize_t *size, const int *data,
                   const char *description);
/** A group that is left open. */
hid_t taut__h5_group(hid_t parent, const char *name);
/** Version, commit, case, field set, notice and units of time and length, as attributes. */
bool taut__h5_provenance(hid_t file, const char *title, const char *hash, const taut_field_set *set);
/** The text of the resolved case, as a dataset. */
bool taut__h5_case(hid_t file, const char *case_yaml);
/** Unit, names, sentence and layers of a field, as attributes. */
bool taut__h5_field(hid_t object, const taut_field *field);

/** A file in memory that never reaches the disk by itself. */
hid_t taut__h5_image_open(const char *name);
/** Its bytes; release with free().  NULL on failure. */
void *taut__h5_image_take(hid_t file, size_t *length);

#endif
