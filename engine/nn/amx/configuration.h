#pragma once

#include "engine/nn/amx/tiles.h"
#include "engine/nn/avx512/lanes.h"

#ifdef FOVEA_HAS_AMX

#include <algorithm>

namespace fovea::amx {

/// The tile instructions do not tell the compiler what they read: by now it is to be in memory.
inline void finish_writes() {
    __asm__ volatile("" ::: "memory");
}

struct alignas(64) TileConfig {
    std::uint8_t palette = 1, start_row = 0;
    std::uint8_t unused[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};
};

/// While it lives the calling thread's tiles are configured.
class Tiles {
  public:
    /// Of the eight, those before `weights` hold rows of the input or of sums, so many of them.
    FOVEA_AMX Tiles(int weights, Index rows) {
        TileConfig config;
        for (int i = 0; i < 8; ++i) {
            config.row_bytes[i] = 64;
            config.rows[i] =
                static_cast<std::uint8_t>(i < weights ? std::min(rows, tile_rows) : tile_rows);
        }
        finish_writes();
        _tile_loadconfig(&config);
    }
    FOVEA_AMX ~Tiles() { _tile_release(); }
    Tiles(const Tiles&) = delete;
    Tiles& operator=(const Tiles&) = delete;
};

}  // namespace fovea::amx

#endif
