using System.Globalization;
using Patron.OdooStandIn.Company;

namespace Patron.IntegrationTests.Sync;

/// <summary>A company whose ERP exports its partners to a folder, half of them to each of two files.</summary>
internal sealed class FolderCompany(StandInCompany company) : IDisposable
{
    private const string Header =
        "updated_at,id,name,is_company,is_internal,is_active,parent_id,email,phone,mobile,street,street2,city,state,postal_code,country,website,tax_id,reference,language,created_at,salesman";

    public string Path { get; } = Directory.CreateTempSubdirectory("patron-test-export-").FullName;

    public void Export()
    {
        var own = company.Ids("res.company").Select(id => company.Value("res.company", id, "partner_id")).OfType<long>().ToHashSet();
        var ids = company.Ids();
        Write("partners-1.csv", [Header, .. ids.Take(ids.Count / 2).Select(id => Row(id, own))]);
        Write("partners-2.csv", [Header, .. ids.Skip(ids.Count / 2).Select(id => Row(id, own))]);
    }

    /// <summary>Writes a file that starts with the header, atomically.</summary>
    public void Write(string name, params IEnumerable<string> lines)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllLines(file + ".part", lines);
        File.Move(file + ".part", file, overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private string Row(long id, HashSet<long> own)
    {
        var isInternal = company.Value("res.partner", id, "partner_share") is false || own.Contains(id);
        return string.Join(',', new[]
        {
            Text("write_date"), $"{id}", Text("name") is { Length: > 0 } name ? name : $"Partner {id}", Text("is_company"), isInternal ? "yes" : "no", Text("active"), Text("parent_id"), Text("email"), Text("phone"), Text("mobile"), Text("street"),
            Text("street2"), Text("city"), NameOf("res.country.state", "state_id"), Text("zip"), NameOf("res.country", "country_id"), Text("website"), Text("vat"), Text("ref"), Text("lang"), Text("create_date"), "somebody",
        }.Select(Quote));

        string Text(string field) => company.Value("res.partner", id, field) switch
        {
            null => "",
            DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

        string NameOf(string model, string field) => company.Value("res.partner", id, field) is long related ? (string)company.Value(model, related, "name")! : "";
    }

    private static string Quote(string text) => text.IndexOfAny([',', '"', '\n', '\r']) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
