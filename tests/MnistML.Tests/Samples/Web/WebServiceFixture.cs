using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>A service with a small model, for all tests of a class.</summary>
internal abstract class WebServiceFixture
{
    protected TemporaryFolder Folder { get; private set; } = null!;

    protected WebService Service { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Folder = new TemporaryFolder();
        SyntheticDigits.Write(Folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        Service = await WebService.StartReadyAsync(Folder.Path, ["--data", Folder.PathOf("digits")]);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        Service?.Dispose();
        Folder?.Dispose();
    }
}
