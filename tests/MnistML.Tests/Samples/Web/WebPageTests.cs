using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MnistML.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace MnistML.Tests.Samples.Web;

/// <summary>The page in a real browser, with the real MNIST: drawn on, corrected, trained.</summary>
[NeedsAspNetCore, NeedsChromium, NeedsRealMnist]
internal sealed partial class WebPageTests
{
    private TemporaryFolder _folder = null!;
    private WebService _service = null!;
    private Browser _browser = null!;
    private string _firstModel = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _service = await WebService.StartReadyAsync(_folder.Path, ["--data", Path.GetDirectoryName(RealMnist.Files.TrainImages)!]);
        _firstModel = (await _service.GetAsync("api/status")).GetProperty("model").GetProperty("runId").GetString()!;
        _browser = await Browser.LaunchAsync();
    }

    [TearDown]
    public async Task ClosePagesAsync() => await _browser.CloseAllAsync();

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

    /// <summary>Each test begins with the first model, and without corrections.</summary>
    [SetUp]
    public async Task BeginAnewAsync()
    {
        await _service.WaitForTrainingAsync();
        await _service.PostAsync($"api/runs/{_firstModel}/use", new { });
        foreach (var correction in (await _service.GetAsync("api/corrections")).EnumerateArray())
        {
            using var deleted = await _service.Client.DeleteAsync($"api/corrections/{correction.GetProperty("id").GetString()}");
        }
    }

    [Test]
    public async Task Draw_TenDigitsByThreeHands_AtLeastNineOfTenAreRight()
    {
        var page = await _browser.OpenAsync(_service);
        var (wrong, milliseconds) = (new List<string>(), new List<double>());
        foreach (var (hand, digits) in HandwrittenDigits.Hands.Index())
        {
            foreach (var (digit, strokes) in digits.Index())
            {
                await DrawingPad.ClearAsync(page);
                await DrawingPad.DrawAsync(page, strokes);
                milliseconds.Add(await page.EvaluateAsync<double>("Number(document.body.dataset.strokeMilliseconds)"));
                if (await DrawingPad.ReadLabelAsync(page) is var label && label != $"{digit}")
                {
                    wrong.Add($"the {digit} of hand {hand} was taken for {label}");
                }
            }
        }

        TestContext.Out.WriteLine(
            FormattableString.Invariant($"From stroke to bars: {milliseconds.Order().ElementAt(15):F0} ms at the median."));
        Assert.That(wrong, Has.Count.LessThanOrEqualTo(3), $"of 30: {string.Join(", ", wrong)}");
    }

    /// <summary>A form that is no digit at all is corrected, so that the network was never right before.</summary>
    [Test]
    public async Task Correct_AForm_IsRightAfterLearningAndCanBeUndone()
    {
        var page = await _browser.OpenAsync(_service);
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Triangle);
        var before = (await DrawingPad.ReadLabelAsync(page))!;
        var wanted = (int.Parse(before, CultureInfo.InvariantCulture) + 5) % 10;
        await page.GetByRole(AriaRole.Button, new() { Name = $"That was {wanted}: keep this drawing" }).ClickAsync();
        await Expect(page.Locator("#correct-answer")).ToContainTextAsync($"Kept as {wanted}.");

        await page.GetByRole(AriaRole.Tab, new() { Name = "Correct" }).ClickAsync();
        await Expect(page.Locator("#sheet figure")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Learn from my digits" }).ClickAsync();
        await Expect(page.Locator("#learned table")).ToBeVisibleAsync();
        await Browser.PhotographAsync(page, "web-correct");

        await Expect(page.Locator("#learned")).ToContainTextAsync("your digit0 %100 %");
        Assert.That(await ReadTestAccuracyAsync(), Is.GreaterThan(0.97), "what was known is not forgotten");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Draw" }).ClickAsync();
        await DrawingPad.ClearAsync(page);
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Triangle);
        Assert.That(await DrawingPad.ReadLabelAsync(page), Is.EqualTo($"{wanted}"));

        await page.GetByRole(AriaRole.Tab, new() { Name = "Correct" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take the model from before" }).ClickAsync();
        await Expect(page.Locator("#model-line")).ToContainTextAsync("First model");
        await Expect(page.Locator($"body[data-label='{before}']")).ToBeVisibleAsync(); // the drawing is asked about again
        await page.GetByRole(AriaRole.Button, new() { Name = $"Delete this {wanted}" }).ClickAsync();
        await Expect(page.Locator("#sheet figure")).ToHaveCountAsync(0);
    }

    /// <summary>Watched from one page, reloaded in the middle, stopped from another one.</summary>
    [Test]
    public async Task Train_WatchedReloadedAndStopped_UsesItsModelOnBothPages()
    {
        var page = await _browser.OpenAsync(_service);
        var other = await _browser.OpenAsync(_service);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Train" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Watched");
        await page.GetByLabel("Epochs").FillAsync("200");
        await page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
        await Expect(page.Locator("#job-figures")).ToContainTextAsync(Figures());
        await Expect(other.Locator("#job-title")).ToHaveTextAsync("Training \"Watched\"");
        await Expect(page.Locator("#live-table tbody tr")).Not.ToHaveCountAsync(0);

        await page.ReloadAsync();
        await Browser.WaitUntilReadyAsync(page);
        await Expect(page.Locator("#job-figures")).ToContainTextAsync(Figures());
        await Expect(page.Locator("#live-table tbody tr").First).ToContainTextAsync("1");
        await Expect(page.Locator("#live-loss canvas")).ToBeVisibleAsync();
        await Expect(page.Locator("#live-table tbody tr").Nth(1)).ToBeVisibleAsync();
        await Browser.PhotographAsync(page, "web-train");

        await other.GetByRole(AriaRole.Button, new() { Name = "Stop and keep the best" }).ClickAsync();
        foreach (var each in (IPage[])[page, other])
        {
            await Expect(each.Locator("#model-line")).ToContainTextAsync("Watched: a network of 784-512-256-10");
            await Expect(each.Locator("#job")).ToBeHiddenAsync();
        }

        await Expect(page.Locator("#runs tbody tr").First).ToContainTextAsync("Watched (stopped)");
        await page.Locator("#confusion td button").First.ClickAsync();
        await Expect(page.Locator("#mistakes figure").First).ToBeVisibleAsync();
        await Expect(page.Locator("#compare canvas")).ToBeVisibleAsync();
        await Browser.PhotographAsync(page, "web-runs");
        await other.GetByRole(AriaRole.Tab, new() { Name = "Draw" }).ClickAsync();
        await DrawingPad.DrawAsync(other, HandwrittenDigits.Hands[0][7]);
        Assert.That(await DrawingPad.ReadLabelAsync(other), Is.EqualTo("7"));
    }

    [Test]
    public async Task Draw_OnOnePageOfTwo_CorrectionsAppearOnBoth()
    {
        var (page, other) = (await _browser.OpenAsync(_service), await _browser.OpenAsync(_service));
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[1][2]);
        await page.GetByRole(AriaRole.Button, new() { Name = "That was 2: keep this drawing" }).ClickAsync();

        await Expect(other.Locator("#correction-count")).ToHaveTextAsync("1");
        await other.GetByRole(AriaRole.Tab, new() { Name = "Correct" }).ClickAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Delete this 2" }).ClickAsync();
        await Expect(page.Locator("#correction-count")).ToBeHiddenAsync();
    }

    [Test]
    public async Task Why_OfADrawing_ShowsStepsWithItsNumbers()
    {
        var page = await _browser.OpenAsync(_service);
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[0][4]);
        await page.Locator("#why summary").ClickAsync();
        await page.GetByLabel("and not a").SelectOptionAsync("9");

        await Expect(page.Locator("#why-body")).ToContainTextAsync("3. Cross-entropy for the label 4: −ln 0.");
        await Expect(page.Locator("#why-body")).ToContainTextAsync("which for 9 instead (red)");
        await Browser.PhotographAsync(page, "web-draw");
        var colors = await page.EvaluateAsync<int>(
            """
            () => { const canvas = document.querySelector('.evidence canvas');
                    return new Set(canvas.getContext('2d').getImageData(0, 0, 28, 28).data).size; }
            """);
        Assert.That(colors, Is.GreaterThan(20), "pixels differ by what they spoke for");
    }

    private async Task<double> ReadTestAccuracyAsync() =>
        (await _service.GetAsync("api/status")).GetProperty("model").GetProperty("testAccuracy").GetDouble();

    [GeneratedRegex(@"Epoch \d+ of 200, batch \d+ of \d+, loss [0-9.]+, [0-9,]+ images a second, .* left")]
    private static partial Regex Figures();
}
