#include "kiosk/ui/ui.h"
#include "hw/sim/sim.h"
#include <SDL_ttf.h>
#include <pthread.h>
