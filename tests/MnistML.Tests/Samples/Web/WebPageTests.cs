using Microsoft.Playwright;
using MnistML.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace MnistML.Tests.Samples.Web;

/// <summary>The page in a real browser, with the real MNIST: drawn on, corrected, trained.</summary>
[NeedsAspNetCore, NeedsChromium, NeedsRealMnist]
internal sealed class WebPageTests
{
    private TemporaryFolder _folder = null!;
    private WebService _service = null!;
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _service = await WebService.StartReadyAsync(_folder.Path, ["--data", Path.GetDirectoryName(RealMnist.Files.TrainImages)!]);
        _browser = await Browser.LaunchAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _service?.Dispose();
        _folder?.Dispose();
    }

    [Test]
    public async Task Draw_TenDigitsByThreeHands_AtLeastNineOfTenAreRight()
    {
        var page = await _browser.OpenAsync(_service);
        var wrong = new List<string>();
        foreach (var (hand, digits) in HandwrittenDigits.Hands.Index())
        {
            foreach (var (digit, strokes) in digits.Index())
            {
                await HandwrittenDigits.ClearAsync(page);
                await HandwrittenDigits.DrawAsync(page, strokes);
                if (await HandwrittenDigits.ReadLabelAsync(page) is var label && label != $"{digit}")
                {
                    wrong.Add($"the {digit} of hand {hand} was taken for {label}");
                    await Browser.PhotographAsync(page, $"wrong-{hand}-{digit}");
                }

                if (hand == 0 && digit == 4)
                {
                    await Browser.PhotographAsync(page, "web-draw");
                }
            }
        }

        TestContext.Out.WriteLine(string.Join('\n', wrong));
        Assert.That(wrong, Has.Count.LessThanOrEqualTo(3), "of 30");
    }
}
