/* Files of the fields of a patch (private to io/): names, and what the writers share. */
#ifndef TAUT_IO_PATCH_FIELDS_H
#define TAUT_IO_PATCH_FIELDS_H

#include "io/h5.h"
#include "io/io.h"

/** "fields_001.h5": the file with the snapshot of this sequence number (from 0), numbered as in fields.h5. */
const char *taut__patch_file_name(int snapshot, char buffer[32]);
/** Path of a file in the folder of `out`; NULL when out of memory, release with free(). */
char *taut__patch_path(const taut_patch_output *out, const char *name, const char *ending);
/** First plane of a field and number of its planes. */
void taut__patch_planes(const taut_field *field, const taut_points *points, int *first, int *count);
/** Faces of the grid: `x`, `y`, `z`. */
bool taut__patch_faces(hid_t group, const taut_domain *domain);

/** fields.xdmf for the snapshots whose day is a number. */
void taut__patch_xdmf(const taut_patch_output *out, int snapshots, const double *day, taut_text *text);

#endif
