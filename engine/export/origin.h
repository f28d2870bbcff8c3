#pragma once

#include "engine/export/file_content.h"

namespace fovea {

/// Model, sentence and tokens of a reading: what is true of all of it.
Metadata metadata_of(const Reading& reading);

/// Adds the edits that act on a trace, and on what they act.
void add_edits(Metadata& metadata, const Trace& trace);

/// "fovea 0.1.0"
MetadataEntry version_entry();

/// What export_metadata() tells, with what of it is JSON. Empty where there is nothing to export.
Metadata metadata_of(const ExportJob& job);

}  // namespace fovea
