using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using MnistML.Datasets;
using MnistML.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace MnistML.Tests.Samples.Web;

/// <summary>The page in a real browser, on digits that the library draws: first start, phone, keyboard, screen reader, pictures.</summary>
[NeedsAspNetCore, NeedsChromium]
internal sealed class WebPageWithoutMnistTests
{
    private const int PhoneWidth = 360;

    private static readonly string[] Tabs = ["Draw", "Train", "Correct", "Service"];

    private TemporaryFolder _folder = null!;
    private WebService _service = null!;
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        _service = await WebService.StartReadyAsync(_folder.Path, ["--data", _folder.PathOf("digits")]);
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

    /// <summary>Nothing at hand, no network: the page shows the training, then answers. It asks nobody but the service.</summary>
    [Test]
    public async Task FirstStart_WithoutModelAndNetwork_ShowsTheTrainingAndThenAnswers()
    {
        using var service = WebService.Start(_folder.PathOf("first"), []);
        var page = await _browser.OpenAsync(service);
        var (asked, errors) = (new List<string>(), new List<string>());
        page.Request += (_, request) => asked.Add(request.Url);
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : []);
        page.PageError += (_, error) => errors.Add(error);
        await page.ReloadAsync();

        await Expect(page.Locator("#banner")).ToContainTextAsync("so the network learns from digits that MnistML draws");
        await Expect(page.Locator("#model-line")).ToContainTextAsync("First model: a network of 784-512-256-10");
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[0][1]);

        await Expect(page.Locator("#answer strong")).ToHaveTextAsync("1");
        await Expect(page.Locator("#bars li")).ToHaveCountAsync(10);
        Assert.That(asked, Is.All.StartsWith(service.Address.ToString()));
        Assert.That(errors, Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Phone_OfEverySection_FitsAndIsAccessible(bool isDark)
    {
        var page = await _browser.OpenAsync(_service, PhoneWidth, 740, isDark, isPhone: true);
        await DrawingPad.TouchAsync(page, HandwrittenDigits.Hands[0][3]);
        await Expect(page.Locator("#bars li")).ToHaveCountAsync(10);
        await page.Locator("#why summary").ClickAsync();
        await Expect(page.Locator(".evidence")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "That was 3: keep this drawing" }).ClickAsync();
        await Expect(page.Locator("#correct-answer")).ToContainTextAsync("Kept as 3.");

        foreach (var tab in Tabs)
        {
            await page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await page.WaitForTimeoutAsync(300);
            await Browser.PhotographAsync(page, $"phone-{tab}{(isDark ? "-dark" : "")}");
            Assert.That(
                await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(PhoneWidth), tab);
            var found = await page.RunAxe();
            Assert.That(
                found.Violations.Select(rule => $"{tab}: {rule.Id}, {rule.Help}: {string.Join(' ', rule.Nodes.Select(node => node.Html))}"),
                Is.Empty);
        }
    }

    [Test]
    public async Task Keyboard_Alone_DrawsUndoesAndOpensSections()
    {
        var page = await _browser.OpenAsync(_service);
        await page.Locator("#pad").FocusAsync();
        foreach (var key in Enumerable.Repeat("ArrowUp", 4).Append("Space").Concat(Enumerable.Repeat("ArrowDown", 8)))
        {
            await page.Keyboard.PressAsync(key);
        }

        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#answer strong")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(page.Locator("#answer")).ToHaveTextAsync("Draw something.");
        await page.Locator("#tab-draw").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator("#panel-train")).ToBeVisibleAsync();
        await Expect(page.Locator("#tab-train")).ToBeFocusedAsync();
    }

    [Test]
    public async Task Tools_OfThePad_UndoClearAndChangeTheWidth()
    {
        var page = await _browser.OpenAsync(_service);
        Task<int> CountInkAsync() => page.EvaluateAsync<int>(
            "() => { const c = document.getElementById('pad'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            + " let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] < 128; return n; }");
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[0][1]);
        var thin = await CountInkAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        Assert.That(await CountInkAsync(), Is.Zero);
        await page.Locator("#pen").FillAsync("36");
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[0][1]);
        var broad = await CountInkAsync();
        await DrawingPad.DrawAsync(page, HandwrittenDigits.Hands[0][7]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        Assert.That(broad, Is.GreaterThan(1.6 * thin));
        Assert.That(await CountInkAsync(), Is.EqualTo(broad));
    }

    [Test]
    public async Task Open_OfPictures_AnswersOrSaysWhatIsWrong()
    {
        var page = await _browser.OpenAsync(_service);
        await OpenAsync("four.png", "image/png", Drawn.Text("4"));
        await Expect(page.Locator("#answer strong")).ToHaveTextAsync("4");
        await OpenAsync("blank.png", "image/png", Drawn.Text(" "));
        await Expect(page.Locator("#answer")).ToHaveTextAsync(
            "No ink found. Is the picture blank, or hardly darker or lighter than its background?");
        await OpenAsync("text.png", "image/png", "This is a text."u8.ToArray());
        await Expect(page.Locator("#answer")).ToContainTextAsync("The picture can't be read");
        await OpenAsync("large.png", "image/png", new byte[11_000_000]);
        await Expect(page.Locator("#error")).ToContainTextAsync("The picture has 11,000,000 bytes, but at most 10,000,000 are taken.");

        // Dropped, as from a file manager.
        await page.EvaluateAsync(
            """
            base64 => { const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
                        const data = new DataTransfer(); data.items.add(new File([bytes], 'seven.png', { type: 'image/png' }));
                        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); }
            """,
            Convert.ToBase64String(Drawn.Text("7")));
        await Expect(page.Locator("#answer strong")).ToHaveTextAsync("7");

        // Pasted, as from the clipboard.
        await page.EvaluateAsync(
            """
            base64 => { const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
                        const data = new DataTransfer(); data.items.add(new File([bytes], 'two.png', { type: 'image/png' }));
                        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }
            """,
            Convert.ToBase64String(Drawn.Text("2")));
        await Expect(page.Locator("#answer strong")).ToHaveTextAsync("2");

        Task OpenAsync(string name, string type, byte[] bytes) => page.Locator("#file").SetInputFilesAsync(
            new FilePayload { Name = name, MimeType = type, Buffer = bytes });
    }
}
