using System.Diagnostics;
using System.Globalization;
using Patron.Customers.Matching;
using Patron.Linkage;

// bench/duplicates explains the arguments; bench/load/duplicates writes a file of generated customers.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["generate", var number])
{
    MeasureGenerated(int.Parse(number, CultureInfo.InvariantCulture));
    return;
}

if (args is ["write", var customers, var target])
{
    CustomerFile.Write(new CustomerGenerator(int.Parse(customers, CultureInfo.InvariantCulture)), target);
    return;
}

if (args is ["file", .. var paths])
{
    foreach (var path in paths)
    {
        MeasurePublic(Path.GetFileNameWithoutExtension(path), await PublicData.ReadLabelledAsync(path));
    }

    return;
}

MeasurePublic("FEBRL 3", PublicData.ReadFebrl(Path.Combine(args[0], "febrl3.csv")));
MeasurePublic("fake_1000", PublicData.ReadFake(Path.Combine(args[0], "fake_1000.csv")));

static void MeasurePublic(string name, LabelledRecords data)
{
    var watch = Stopwatch.StartNew();
    var result = DuplicateScanner.Scan(data.Records, DismissedPairs.None, CancellationToken.None);
    Print(name, watch.Elapsed, result, data.Records, data.Truth);
}

static void MeasureGenerated(int count)
{
    var generator = new CustomerGenerator(count);
    var watch = Stopwatch.StartNew();
    var result = DuplicateScanner.Scan(generator.Generate(), DismissedPairs.None, CancellationToken.None);
    var elapsed = watch.Elapsed;
    var memory = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Trim();
    Print("generated", elapsed, result, new GeneratedRecords(generator, count), [.. Enumerable.Range(0, count).Select(customer => $"{generator.OriginalOf(customer)}")]);
    Console.WriteLine($"peak memory of the process: {memory}");
    MeasureSingle(generator, result.Model);
}

static void MeasureSingle(CustomerGenerator generator, MatchModel model)
{
    var candidates = generator.Generate().Take(BlockingKeys.MaxBlock).ToList();
    var times = new List<double>();
    foreach (var record in generator.Generate().Take(300))
    {
        var watch = Stopwatch.StartNew();
        SingleRecordMatcher.Match(model, record, candidates);
        times.Add(watch.Elapsed.TotalMilliseconds);
    }

    times.Sort();
    Console.WriteLine($"one record with {candidates.Count} candidates: median {times[150]:F2} ms, p99 {times[296]:F2} ms");
}

static void Print(
    string name, TimeSpan elapsed, ScanResult result, IReadOnlyList<MatchInput> records, IReadOnlyList<string> truth)
{
    var accuracy = Accuracy.Of(result, truth);
    Console.WriteLine($"{name}: {result.Records} records, {accuracy.TruePairs} true pairs, scanned in {elapsed.TotalSeconds:F1} s");
    Console.WriteLine($"  clusters: precision {accuracy.Precision:F4}, recall {accuracy.Recall:F4}, F1 {accuracy.F1:F4}");
    Console.WriteLine(
        $"  scored pairs: recall {accuracy.RecallAt99:F4} at precision 0.99, {accuracy.RecallAt999:F4} at 0.999, "
        + $"{accuracy.RecallOfScored:F4} of all");
    if (Environment.GetEnvironmentVariable("PRINT_ERRORS") is { } limit)
    {
        Errors.Print(result, records, truth, int.Parse(limit, CultureInfo.InvariantCulture));
    }
}
