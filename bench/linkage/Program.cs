using System.Diagnostics;
using System.Globalization;
using Patron.Customers.Duplicates;
using Patron.Linkage;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args[0] == "generate")
{
    var count = int.Parse(args[1]);
    var generator = new CustomerGenerator(count);
    var w = Stopwatch.StartNew();
    if (args.Length > 2) { foreach (var x in generator.Generate().Take(25).Concat(generator.Generate().TakeLast(40))) { Console.WriteLine(x); } return; }
    var r = DuplicateScanner.Scan(generator.Generate(), DismissedPairs.None, default);
    Console.WriteLine($"{count}: {w.Elapsed.TotalSeconds:F1} s, " + File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)));
    var d = new LabelledRecords(Environment.GetEnvironmentVariable("DBG") is null ? [] : [.. generator.Generate()], [.. Enumerable.Range(0, count).Select(i => generator.OriginalOf(i).ToString())]);
    var acc = Accuracy.Of(r, d.Truth);
    Console.WriteLine($"true {acc.TruePairs}, clusters P {acc.Precision:F4} R {acc.Recall:F4} F1 {acc.F1:F4}; recall at 0.999 {acc.RecallAtPrecision:F4}, scored {acc.RecallOfScored:F4}, pairs {r.Pairs.Count}");
    Debugging.Print(r, d);
    return;
}

var folder = args[0];
foreach (var (name, data) in new[] { ("febrl3", PublicData.ReadFebrl(Path.Combine(folder, "febrl3.csv"))), ("fake_1000", PublicData.ReadFake(Path.Combine(folder, "fake_1000.csv"))) })
{
    var watch = Stopwatch.StartNew();
    var result = DuplicateScanner.Scan(data.Records, DismissedPairs.None, default);
    var a = Accuracy.Of(result, data.Truth);
    Console.WriteLine($"{name}: {watch.ElapsedMilliseconds} ms, true {a.TruePairs}, clusters P {a.Precision:F4} R {a.Recall:F4} F1 {a.F1:F4}; recall at 0.999 {a.RecallAtPrecision:F4}, scored {a.RecallOfScored:F4}, pairs {result.Pairs.Count}");
    Debugging.Print(result, data);
}
