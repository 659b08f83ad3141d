#include "hw/sim/sim.h"
