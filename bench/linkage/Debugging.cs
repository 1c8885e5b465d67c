using System.Reflection;
using Patron.Customers.Duplicates;
namespace Patron.Linkage;
internal static class Debugging
{
    public static void Print(ScanResult result, LabelledRecords data)
    {
        if (Environment.GetEnvironmentVariable("DBG") is null) { return; }
        var m = result.Model;
        Console.WriteLine($"rate {m.MatchRate:E2} related {m.RelatedRate:F4} moved {m.MovedRate:F4}");
        foreach (var c in Enum.GetValues<Comparison>())
        {
            Console.WriteLine($"{c,-12} " + string.Join(" ", m.Matches[(int)c].Zip(m.Others[(int)c]).Skip(1).Select(x => $"{x.First:F4}/{x.Second:E1}={Math.Log2(x.First / x.Second):F1}")));
        }
        int wrong = 0, missed = 0;
        string Show(int i) { var r = data.Records[i]; return $"{r.Name}{r.FirstName}|{r.LastName}|{r.DateOfBirth}|{r.AddressLine1}|{r.AddressLine2}|{r.City}|{r.PostalCode}|{r.State}|{r.Email}|{r.Phone}|{r.TaxId}"; }
        var clusterOf = new Dictionary<int, int>();
        foreach (var (n, c) in result.Clusters.Index()) { foreach (var r in c) { clusterOf[r] = n + 1; } }
        var prob = result.Pairs.ToDictionary(p => (p.Left, p.Right), p => p.Probability);
        for (var i = 0; i < data.Records.Count; i++)
        {
            for (var j = i + 1; j < data.Records.Count; j++)
            {
                var isTrue = data.Truth[i] == data.Truth[j];
                var same = clusterOf.TryGetValue(i, out var ci) && clusterOf.TryGetValue(j, out var cj) && ci == cj;
                if (isTrue && !same && missed++ < 60) { Console.WriteLine($"MISSED p={prob.GetValueOrDefault((i, j), -1):F3} {Show(i)}\n                {Show(j)}"); }
                if (!isTrue && same && wrong++ < 60) { Console.WriteLine($"WRONG p={prob.GetValueOrDefault((i, j), -1):F3} {Show(i)}\n                {Show(j)}"); }
            }
        }
        Console.WriteLine($"wrong {wrong} missed {missed}");
    }
}
