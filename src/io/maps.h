/* Files about the maps of a patch: maps.csv and maps.png. */
#ifndef TAUT_IO_MAPS_H
#define TAUT_IO_MAPS_H

#include "io/io.h"
#include "observe/maps.h"

/** Writes both where the result has maps. */
TAUT_MUST_USE taut_err taut__maps_write(taut_context *context, taut_folder *folder, const struct taut_result *result);
/** `time_d,quantity,what,x_mm,y_mm,distance_mm,area_share,value,unit`; the result has maps. */
void taut__maps_csv(const struct taut_result *result, taut_text *out);
/** A sheet of maps as PNG, one row a quantity and one column a visit; release with free(). */
TAUT_MUST_USE taut_err taut__maps_png(taut_context *context, const struct taut_result *result, void **data,
                                      size_t *length);

#endif
