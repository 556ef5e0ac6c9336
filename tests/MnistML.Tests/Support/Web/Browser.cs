using Microsoft.Playwright;

namespace MnistML.Tests.Support;

/// <summary>A Chromium without a window, and pages in it. Each page is a user of its own.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string PathVariable = "MNISTML_CHROMIUM";

    /// <summary>A folder where screenshots are kept, for README and for who wants to look.</summary>
    private const string ScreenshotsVariable = "MNISTML_SCREENSHOTS";

    /// <summary>A page that has not answered by then never will, however much else the machine has to do.</summary>
    private const float PatienceMilliseconds = 300_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>No sandbox within the container that tests may run in as root; no talk to anyone.</summary>
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Chromium's program; null where there is none.</summary>
    public static string? FindChromium()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    public static async Task<Browser> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = FindChromium(), Args = Arguments });
        return new Browser(playwright, browser);
    }

    /// <summary>Opens the page of a service, and waits until it has heard from it.</summary>
    public async Task<IPage> OpenAsync(
        WebService service, int width = 1100, int height = 900, bool isDark = false, bool isPhone = false)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = service.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = isPhone,
            IsMobile = isPhone,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await WaitUntilReadyAsync(page);
        return page;
    }

    public static async Task WaitUntilReadyAsync(IPage page) => await page.Locator("body[data-ready=yes]").WaitForAsync();

    /// <summary>Keeps a picture of the whole page, if the environment says where.</summary>
    public static async Task PhotographAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(ScreenshotsVariable) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await page.EvaluateAsync("document.getElementById('train-data').textContent = 'Images: MNIST.'"); // no paths of this machine
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    /// <summary>Closes all pages.</summary>
    public async Task CloseAllAsync()
    {
        foreach (var context in _browser.Contexts.ToArray())
        {
            await context.CloseAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
