/* Field sets: where fields live, and the checks that every set passes before the engine takes it. */
#include "fields/fields.h"

#include <math.h>

void taut__layer_range(unsigned layers, int *first, int *end) {
  *first = 0;
  while (*first < TAUT_LAYERS && !(layers & TAUT_IN(*first))) (*first)++;
  *end = *first;
  while (*end < TAUT_LAYERS && (layers & TAUT_IN(*end))) (*end)++;
}

void taut__field_points(const taut_field *field, const taut_points *points, int *first, int *count) {
  int layer, end;
  taut__layer_range(field->layers, &layer, &end);
  *first = points->layer_start[layer];
  *count = points->layer_start[end] - *first;
}

/* One field's own row: INTERNAL, since a set is data of the program. */
static taut_err check_field(taut_context *context, const taut_field_set *set, int f) {
  const taut_field *field = &set->field[f];
  const char *fault = NULL;
  int first, end;
  taut__layer_range(field->layers, &first, &end);
  unsigned range = 0;
  for (int l = first; l < end; l++) range |= TAUT_IN(l);
  const taut_chemotaxis *taxis = &set->chemotaxis[f];
  if (!field->name || !field->long_name || !field->unit || !field->doc)
    fault = "lacks a name, a unit or a sentence";
  else if (!set->strip[f])
    fault = "has no strip function";
  else if (range == 0 || range != field->layers)
    fault = "lives in no contiguous range of layers";
  else if (!(field->floor > 0))
    fault = "has an error floor that is not positive";
  else if (!(set->diffusion[f] >= 0 && isfinite(set->diffusion[f])))
    fault = "has a diffusivity that is not >= 0";
  else if (field->kind == TAUT_MATRIX && set->diffusion[f] > 0)
    fault = "is matrix and yet diffuses";
  else if (taxis->signal >= set->n)
    fault = "follows a field that does not exist";
  else if (taxis->signal >= 0 && !(taxis->chi0 >= 0 && taxis->K > 0))
    fault = "has a chemotaxis that is not chi0 >= 0, K > 0";
  else if (taxis->signal >= 0 && taxis->chi0 > 0 && !(set->diffusion[f] > 0))
    fault = "has chemotaxis without diffusion";
  for (int l = 0; !fault && l < TAUT_LAYERS; l++) {
    double rest = set->rest[f][l];
    if (!(rest >= 0 && isfinite(rest)))
      fault = "has a rest value that is not >= 0";
    else if (!(field->layers & TAUT_IN(l)) && rest != 0)
      fault = "has a rest value where it does not live";
    else if (set->diffusion[f] > 0 && l > first && l < end && rest != set->rest[f][l - 1])
      fault = "is transported and yet rests at different values in different layers";
  }
  if (!fault) return TAUT_OK;
  return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "field %s %s", field->name ? field->name : "?", fault);
}

/* Every field in exactly one group. */
static taut_err check_groups(taut_context *context, const taut_field_set *set) {
  int seen[TAUT_MAX_FIELDS] = {0};
  const int room = (int)(sizeof set->group->field / sizeof *set->group->field);
  for (int g = 0; g < set->groups; g++) {
    const taut_group *group = &set->group[g];
    if (group->n < 1 || group->n > room)
      return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "group %d has %d fields", g, group->n);
    for (int k = 0; k < group->n; k++) {
      int f = group->field[k];
      if (f < 0 || f >= set->n || seen[f]++)
        return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "group %d names field %d twice or outside the set", g,
                          f);
    }
  }
  for (int f = 0; f < set->n; f++)
    if (!seen[f])
      return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "field %s is in no group", set->field[f].name);
  return TAUT_OK;
}

taut_err taut__field_set_check(taut_context *context, const taut_field_set *set) {
  if (set->n < 1 || set->n > TAUT_MAX_FIELDS)
    return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "%d fields; at least 1 and at most %d", set->n,
                      TAUT_MAX_FIELDS);
  if (set->drives > 0 && !set->drive_default)
    return taut__fail(context, TAUT_ERR_INTERNAL, set->name, "drives have no default values");
  if ((set->gate_local == NULL) != (set->gate_close == NULL) || (set->gate_local == NULL) != (set->gate_layers == 0))
    return taut__fail(context, TAUT_ERR_INTERNAL, set->name,
                      "the gate needs a local function, a closure and layers, or none of them");
  for (int f = 0; f < set->n; f++) {
    taut_err err = check_field(context, set, f);
    if (err) return err;
  }
  return check_groups(context, set);
}
