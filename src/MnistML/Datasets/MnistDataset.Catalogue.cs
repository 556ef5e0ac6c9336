namespace MnistML.Datasets;

/// <content>
/// The catalogue. Sizes of unpacked files follow from their dimensions. MNIST's unpacked hashes were verified against the data set itself;
/// all other hashes, and the packed sizes, were read in published listings (TensorFlow Datasets' checksums; for EMNIST's files two public
/// projects that agree) and are not verified here. </content>
public sealed partial record MnistDataset
{
    private const int ImageByteCount = 28 * 28;
    private const int ImageHeaderByteCount = 16;
    private const int LabelHeaderByteCount = 8;
    private const string EmnistCitation =
        "G. Cohen, S. Afshar, J. Tapson, A. van Schaik. EMNIST: an extension of MNIST to handwritten letters. arXiv:1702.05373, 2017.";

    private static readonly string[] DigitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    private static readonly string[] LetterNames = [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}")];

    private static readonly Uri[] EmnistMirrors =
    [
        new("https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"),
        new("https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip"),
    ];

    /// <summary>MNIST: 60,000 and 10,000 handwritten digits of 28×28 (LeCun, Cortes and Burges, 1998).</summary>
    public static MnistDataset Mnist { get; } = new()
    {
        Name = "mnist",
        Title = "MNIST",
        TrainImages = Images("train-images-idx3-ubyte.gz", 60_000) with
        {
            UnpackedSha256 = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            PackedByteCount = 9_912_422,
            PackedSha256 = "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        TrainLabels = Labels("train-labels-idx1-ubyte.gz", 60_000) with
        {
            UnpackedSha256 = "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            PackedByteCount = 28_881,
            PackedSha256 = "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        TestImages = Images("t10k-images-idx3-ubyte.gz", 10_000) with
        {
            UnpackedSha256 = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            PackedByteCount = 1_648_877,
            PackedSha256 = "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        TestLabels = Labels("t10k-labels-idx1-ubyte.gz", 10_000) with
        {
            UnpackedSha256 = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            PackedByteCount = 4_542,
            PackedSha256 = "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
        Mirrors = [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
        ClassNames = DigitNames,
        License = "CC BY-SA 3.0 is what is commonly given; the original page states none",
        Citation = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. Gradient-based learning applied to document recognition. "
            + "Proceedings of the IEEE, 1998.",
    };

    /// <summary>Fashion-MNIST: 60,000 and 10,000 pictures of clothes of 28×28 (Xiao, Rasul and Vollgraf, 2017).</summary>
    public static MnistDataset FashionMnist { get; } = new()
    {
        Name = "fashion-mnist",
        Title = "Fashion-MNIST",
        TrainImages = Images("train-images-idx3-ubyte.gz", 60_000) with
        {
            PackedByteCount = 26_421_880,
            PackedSha256 = "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        TrainLabels = Labels("train-labels-idx1-ubyte.gz", 60_000) with
        {
            PackedByteCount = 29_515,
            PackedSha256 = "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        TestImages = Images("t10k-images-idx3-ubyte.gz", 10_000) with
        {
            PackedByteCount = 4_422_102,
            PackedSha256 = "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        TestLabels = Labels("t10k-labels-idx1-ubyte.gz", 10_000) with
        {
            PackedByteCount = 5_148,
            PackedSha256 = "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
        Mirrors =
        [
            new("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"),
            new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        ],
        ClassNames = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        License = "MIT",
        Citation = "H. Xiao, K. Rasul, R. Vollgraf. Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. "
            + "arXiv:1708.07747, 2017.",
    };

    /// <summary>Kuzushiji-MNIST: 60,000 and 10,000 cursive Japanese characters of 28×28 (Clanuwat and others, 2018).</summary>
    public static MnistDataset KuzushijiMnist { get; } = new()
    {
        Name = "kuzushiji-mnist",
        Title = "Kuzushiji-MNIST",
        TrainImages = Images("train-images-idx3-ubyte.gz", 60_000) with
        {
            PackedByteCount = 18_165_135,
            PackedSha256 = "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        },
        TrainLabels = Labels("train-labels-idx1-ubyte.gz", 60_000) with
        {
            PackedByteCount = 29_497,
            PackedSha256 = "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        },
        TestImages = Images("t10k-images-idx3-ubyte.gz", 10_000) with
        {
            PackedByteCount = 3_041_136,
            PackedSha256 = "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        },
        TestLabels = Labels("t10k-labels-idx1-ubyte.gz", 10_000) with
        {
            PackedByteCount = 5_120,
            PackedSha256 = "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        },
        Mirrors = [new("https://codh.rois.ac.jp/kmnist/dataset/kmnist/"), new("http://codh.rois.ac.jp/kmnist/dataset/kmnist/")],
        ClassNames = ["お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"],
        License = "CC BY-SA 4.0",
        Citation = "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha. "
            + "Deep learning for classical Japanese literature. arXiv:1812.01718, 2018.",
    };

    /// <summary>
    /// QMNIST: MNIST's digits reconstructed from their source, 60,000 to train on and all 60,000 to test with (Yadav and Bottou, 2019). Its
    /// labels are tables of Int32 with 8 columns, the first of which is the digit.
    /// </summary>
    public static MnistDataset QMnist { get; } = new()
    {
        Name = "qmnist",
        Title = "QMNIST",
        TrainImages = Images("qmnist-train-images-idx3-ubyte.gz", 60_000) with
        {
            PackedByteCount = 9_704_059,
            PackedSha256 = "9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d",
        },
        TrainLabels = LabelTable("qmnist-train-labels-idx2-int.gz", 60_000) with
        {
            PackedByteCount = 463_024,
            PackedSha256 = "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f",
        },
        TestImages = Images("qmnist-test-images-idx3-ubyte.gz", 60_000) with
        {
            PackedByteCount = 9_742_279,
            PackedSha256 = "43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375",
        },
        TestLabels = LabelTable("qmnist-test-labels-idx2-int.gz", 60_000) with
        {
            PackedByteCount = 526_800,
            PackedSha256 = "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06",
        },
        Mirrors = [new("https://raw.githubusercontent.com/facebookresearch/qmnist/master/")],
        ClassNames = DigitNames,
        LabelField = 0,
        License = "BSD 3-clause",
        Citation = "C. Yadav, L. Bottou. Cold case: the lost MNIST digits. arXiv:1905.10498, 2019.",
    };

    /// <summary>
    /// EMNIST digits: 240,000 and 40,000 handwritten digits of 28×28 (Cohen, Afshar, Tapson and van Schaik, 2017). Comes in an archive of
    /// 0.56 GB.
    /// </summary>
    public static MnistDataset EmnistDigits { get; } = Emnist(
        "digits", "EMNIST digits", 240_000, 40_000, DigitNames, firstLabel: 0,
        [
            "f7c95004d14d81af89522e67d8f0c781dfb3bd544181c81bfe1eb6b41c35b726",
            "6638a6ff5fe2eefd9cca2471995b46c82986b8e4b2a70d2f5ce8e05d7edb319e",
            "20ebe43509264f7639d37c835a3f0b009e90b29e00a099a03101abe1644a3f63",
            "bad1834c45d5988e270b99d43b13edc3fd898f658ffbc2caf2846ef27f7b05b0",
        ]);

    /// <summary>
    /// EMNIST letters: 124,800 and 20,800 handwritten letters of 28×28 in 26 classes, upper and lower case together, with labels from 1
    /// (Cohen, Afshar, Tapson and van Schaik, 2017). Comes in an archive of 0.56 GB.
    /// </summary>
    public static MnistDataset EmnistLetters { get; } = Emnist(
        "letters", "EMNIST letters", 124_800, 20_800, LetterNames, firstLabel: 1,
        [
            "6288f418a917e007bf5fddb823a2dc7a5c6a35031401b93292a539cb12bd881f",
            "9759af91ea6bccdf07a6040fd085861f2ec88e37f7c3f5760f6feb57106fbe5c",
            "50f0e93d75b99b463e9760b8345866f22587fa2c2fba472730a5ba09c693412d",
            "924955c31fe7fd809b7303b5c0141282955f4b8390c74cdfd5d80435e0f4b4cb",
        ]);

    /// <summary>
    /// EMNIST balanced: 112,800 and 18,800 handwritten digits and letters of 28×28 in 47 classes, as many of each (Cohen, Afshar, Tapson
    /// and van Schaik, 2017). Lower-case letters that look like their capitals share their class. Comes in an archive of 0.56 GB.
    /// </summary>
    public static MnistDataset EmnistBalanced { get; } = Emnist(
        "balanced", "EMNIST balanced", 112_800, 18_800,
        [.. DigitNames, .. LetterNames, "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t"],
        firstLabel: 0,
        [
            "74295e75e4e9fa2c102147460ee7eb763653d5132d883a84fb88932bfb8d2db4",
            "b46d41e5156a0a8aaaa4d18979fdd1588850fa8571018acffd5d93b325a7d6ed",
            "117fc12b015e37ea98bfb2cbba3f77c3782c056cdbd219b87abfc8661d7135db",
            "a67cac948379b67270b9a4d0a01c8ec661598accf2f2b1964340b7c83cb175cd",
        ]);

    private static MnistDataset Emnist(
        string part, string title, int trainCount, int testCount, string[] classNames, int firstLabel, string[] packedSha256) => new()
        {
            Name = $"emnist-{part}",
            Title = title,
            TrainImages = Images($"emnist-{part}-train-images-idx3-ubyte.gz", trainCount) with { PackedSha256 = packedSha256[0] },
            TrainLabels = Labels($"emnist-{part}-train-labels-idx1-ubyte.gz", trainCount) with { PackedSha256 = packedSha256[1] },
            TestImages = Images($"emnist-{part}-test-images-idx3-ubyte.gz", testCount) with { PackedSha256 = packedSha256[2] },
            TestLabels = Labels($"emnist-{part}-test-labels-idx1-ubyte.gz", testCount) with { PackedSha256 = packedSha256[3] },
            Mirrors = EmnistMirrors,
            ClassNames = classNames,
            FirstLabel = firstLabel,
            IsTransposed = true,
            License = "Public domain (a work of the United States government)",
            Citation = EmnistCitation,
            CacheName = "emnist",
        };

    private static DatasetFile Images(string name, int count) => new(name, ImageHeaderByteCount + ((long)count * ImageByteCount));

    private static DatasetFile Labels(string name, int count) => new(name, LabelHeaderByteCount + count);

    private static DatasetFile LabelTable(string name, int count)
    {
        const int HeaderByteCount = 12;
        const int RowByteCount = 8 * sizeof(int);
        return new DatasetFile(name, HeaderByteCount + ((long)count * RowByteCount));
    }
}
