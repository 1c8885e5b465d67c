using System.Diagnostics;
using System.Globalization;
using Patron.Customers.Matching;
using Patron.Linkage;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = args[0];
foreach (var (name, data) in new[] { ("febrl3", PublicData.ReadFebrl(Path.Combine(folder, "febrl3.csv"))), ("fake_1000", PublicData.ReadFake(Path.Combine(folder, "fake_1000.csv"))) })
{
    var watch = Stopwatch.StartNew();
    var result = DuplicateScanner.Scan(data.Records, DismissedPairs.None, default);
    var a = Accuracy.Of(result, data.Truth);
    Console.WriteLine($"{name}: {watch.ElapsedMilliseconds} ms, true {a.TruePairs}, clusters P {a.Precision:F4} R {a.Recall:F4} F1 {a.F1:F4}; recall at 0.999 {a.RecallAtPrecision:F4}, scored {a.RecallOfScored:F4}, pairs {result.Pairs.Count}");
    Debugging.Print(result, data);
}
