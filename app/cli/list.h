#pragma once

/// Every subcommand. X(name) stands for a function `Subcommand name##_subcommand()` in
/// name_command.cpp.
#define FOVEA_SUBCOMMANDS(X) \
    X(export)                \
    X(analyse)               \
    X(tokenize)              \
    X(inspect)               \
    X(models)                \
    X(get)                   \
    X(bench)
