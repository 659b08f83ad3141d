/* The scenario language: what happens at a simulated site, one action a line.
 *
 *     # comment; empty lines are allowed
 *     at 5.0 choose kitchen          seconds since the start, up to three decimals
 *     after 2 open 3                 seconds since the line before
 *
 * Times never decrease. Bins are numbered 1 to 4 (recyclable, hazardous, kitchen, residual), ports
 * are named s1 to s4 (the bins' scales) and l1 (the lid board).
 *
 *     choose CLASS        touch a class: recyclable, hazardous, kitchen, residual
 *     item NAME CLASS     pick an item in the guide; the class is for the truth only
 *     card NUMBER         hold a card to the reader
 *     pin DIGITS          type a number
 *     tap INTENT ...      touch a button, for example `tap finish`, `tap collect 3`
 *     cancel              touch the way back
 *     open BIN / close BIN
 *     throw BIN GRAMS     a bag falls; with a closed lid it is laid on top
 *     empty BIN           the bin is taken away, an empty one stands there 4 s later
 *     contents BIN GRAMS  the bin has this much in it, without any movement
 *     lean BIN GRAMS SECONDS
 *     unplug PORT / replug PORT
 *     garbage PORT BYTES  noise on the wire (1 to 256 bytes)
 *     freeze PORT / thaw PORT   a scale repeats its last frame, and lives again
 *
 * Pure; any thread.
 */
#ifndef HW_SIM_SCENARIO_H
#define HW_SIM_SCENARIO_H

#include "hw/sim/step.h"

/* Parses a whole file into `steps` (SIM_SCENARIO_STEPS of them); how many there are, or -1 with
 * line and reason in `error`. */
int sim_scenario_parse(const char *text, struct sim_step *steps, char error[SIM_ERROR_MAX]);

#endif
