/*
 * report/shapes.h -- the shapes of the two reports and of how they are known.
 */
#ifndef MC_REPORT_SHAPES_H
#define MC_REPORT_SHAPES_H

#include "report/shape.h"

extern const struct shape probe_shape;
extern const struct shape instance_report_shape;
extern const struct shape host_report_shape;

#endif
