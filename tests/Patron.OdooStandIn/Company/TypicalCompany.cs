namespace Patron.OdooStandIn.Company;

/// <summary>
/// The company of source 4, as two real Odoos were filled with it: 468 partners that a sync sees. 352 of them are commercial entities with
/// one of 160 addresses (136 companies, 20 persons, 4 persons with very long numbers), 72 are contacts of others and 44 have no usable
/// address; 15 more are archived. It also has invoices, orders and tickets.
/// </summary>
public sealed partial class StandInCompany
{
    public const int Companies = 136;
    public const int Persons = 20;
    public const int LongNumbers = 4;
    public const int Repeats = 192;
    public const int Children = 72;
    public const int WithoutAddress = 44;
    public const int Archived = 15;

    private static readonly string[] CompanyNames =
    [
        "Example Computer Systems", "Harare Fresh Produce", "Bulawayo Steel & Tube", "Victoria Falls Lodge", "Müller GmbH & Co. KG", "Société Générale d'Énergie", "株式会社アジア",
        "ООО «Ромашка»", "شركة النور", "Łódź Textiles Sp. z o.o.", "Ōtākou Trading", "Zambezi “Blue” Water", "<b>Bold & Sons</b>", "Tab\there Ltd", "100% Organic, Inc.",
        "O'Neill'; DROP TABLE customers; --", "חברת אור", "Ελληνική Εταιρεία",
    ];

    private static readonly string[] PersonNames =
    [
        "Tendai Moyo", "Nyasha Ncube", "Rudo Sibanda", "Farai Dube", "José García-López", "Zoë Björk", "Søren Håkonsson", "Łukasz Wałęsa", "Müller Straße", "Siân de la Cruz",
        "Đặng Nguyễn", "Ngọc Петров", "Иван Смирнова", "Ольга 伟", "王", "李小龙 العربي", "محمد כהן", "שרה Παπαδόπουλος", "Βασίλης van 't Hoff", "O'Brien Smith Jr.",
    ];

    private static readonly string[] LongPhones =
    [
        "+263 77 123 4567 / +263 71 987 6543 / +263 4 700 123 ext 45",
        "+263 242 700 100; +263 242 700 101; +263 242 700 102; 700 103",
        "Office +263 (0)242 700-555 (8-17h), at night +263 77 555 1234",
        "Tel: +263 (0)242 700-123/4/5/6, Fax +263 (0)242 700-999, Cell +263 77 000 0000",
    ];

    private static readonly string?[] Unusable = [null, "", "   ", "n/a", "a@b; c@d", "a@b, c@d"];

    private static readonly string[] ChildTypes = ["invoice", "delivery", "contact", "other"];

    /// <summary>The company, a month after the import.</summary>
    public static StandInCompany Typical(int version = 19, TimeProvider? time = null)
    {
        var company = new StandInCompany(version, time);
        company.FillPlaces();
        company.FillOwnPartners();
        var entries = company.FillCompanies().Concat(company.FillPersons()).ToList();
        company.FillRepeats(entries);
        company.FillChildren(entries);
        company.FillWithoutAddress();
        company.FillArchived();
        company.FillUsers();
        company.SpreadWriteDates();
        company.FillDocuments(entries);
        return company;
    }

    /// <summary>A company of another size: a number of partners with their own addresses, every fifth a contact of another.</summary>
    public static StandInCompany Generated(int partners, int version = 19, TimeProvider? time = null)
    {
        var company = new StandInCompany(version, time);
        company.FillPlaces();
        company.FillOwnPartners();
        long? parent = null;
        for (var index = 0; index < partners; index++)
        {
            var isChild = index % 5 == 4;
            var record = company.Add(
                "res.partner", ("name", $"{CompanyNames[index % CompanyNames.Length]} {index:00000}"), ("email", $"Info@c{index:00000}.example.com"), ("is_company", !isChild && index % 3 > 0),
                ("phone", $"+263 77 {index / 10000:000} {index % 10000:0000}"), ("street", $"{index + 1} Samora Machel Ave"), ("city", "Harare"), ("country_id", 249L),
                ("zip", "00263"), ("website", index % 2 == 0 ? $"https://c{index:00000}.example.com" : null), ("ref", $"REF{index:00000}"), ("parent_id", isChild ? parent : null));
            parent = record["is_company"] is true ? record.Id : parent;
        }

        company.FillUsers();
        company.SpreadWriteDates();
        return company;
    }

    private void FillPlaces()
    {
        foreach (var (id, name, code) in new[] { (57L, "Germany", "DE"), (75L, "France", "FR"), (233L, "United States", "US"), (247L, "South Africa", "ZA"), (249L, "Zimbabwe", "ZW") })
        {
            var country = models["res.country"].Add(id);
            (country["name"], country["code"]) = (name, code);
        }

        var state = models["res.country.state"].Add(35);
        (state["name"], state["code"], state["country_id"]) = ("New York", "NY", 233L);
        foreach (var (id, name, symbol) in new[] { (1L, "USD", "$"), (2L, "EUR", "€"), (3L, "ZAR", "R") })
        {
            var currency = models["res.currency"].Add(id);
            (currency["name"], currency["symbol"], currency["active"]) = (name, symbol, true);
        }
    }

    // 17 has one more user template.
    private void FillOwnPartners()
    {
        Add("res.partner", ("name", "My Company"), ("is_company", true), ("phone", ""), ("street", ""), ("city", ""), ("zip", ""), ("country_id", 233L));
        Add("res.partner", ("name", "System"), ("active", false), ("email", "odoobot@example.com"), ("partner_share", false));
        Add("res.partner", ("name", "Administrator"), ("email", Version < 19 ? "admin@example.com" : null), ("partner_share", false));
        foreach (var template in new[] { "Public user", "Portal User Template", "Default User Template" }.Take(Version < 19 ? 3 : 2))
        {
            Add("res.partner", ("name", template), ("active", false));
        }

        Add("res.company", ("name", "My Company"), ("partner_id", 1L), ("currency_id", 1L));
    }

    private List<(string Name, string Email, long Id)> FillCompanies()
    {
        var entries = new List<(string, string, long)>();
        for (var index = 0; index < Companies; index++)
        {
            var name = index < CompanyNames.Length ? CompanyNames[index] : $"{CompanyNames[index % CompanyNames.Length]} {index:000}";
            var email = (index % 3) switch { 0 => $"info@c{index:000}.example.co.zw", 1 => $"Accounts@C{index:000}.Example.com", _ => $"sales+odoo@c{index:000}.example.org" };
            long? country = (index % 4) switch { 0 => 249, 1 => 247, 2 => 57, _ => 233 };
            var record = Add(
                "res.partner", ("name", name), ("email", index == 0 ? "accounts@company.example" : email), ("is_company", true), ("country_id", country), ("state_id", country == 233 ? 35L : null),
                ("phone", (index % 3) switch { 0 => "+263 77 123 4567", 1 => $"(0242) 7{index:00000}", _ => $"07708{index:00000}" }), ("street", $"{index + 1} Samora Machel Ave"),
                ("street2", index % 2 == 1 ? $"Suite {index}" : null), ("city", index % 3 == 0 ? "Harare" : "Bulawayo"), ("zip", index % 4 == 0 ? "00263" : ""),
                ("website", index % 2 == 1 ? $"https://c{index:000}.example.com" : null), ("vat", index % 5 == 0 ? $"ZW{index:00000000}" : null), ("ref", index % 2 == 1 ? $"REF{index:00000}" : null));
            entries.Add((name, (string)record["email"]!, record.Id));
        }

        return entries;
    }

    private List<(string Name, string Email, long Id)> FillPersons()
    {
        var entries = new List<(string, string, long)>();
        for (var index = 0; index < Persons + LongNumbers; index++)
        {
            var name = index < Persons ? PersonNames[index] : $"{PersonNames[index - Persons]} Jr.";
            var record = Add("res.partner", ("name", name), ("email", $"person{index:00}@example.com"), ("phone", $"+263 71 {index:000} 0000"), ("city", "Mutare"), ("country_id", 249L));
            if (index >= Persons)
            {
                // 19 has no field 'mobile'.
                record[Version < 19 ? "mobile" : "phone"] = LongPhones[index - Persons];
            }

            entries.Add((name, (string)record["email"]!, record.Id));
        }

        return entries;
    }

    private void FillRepeats(List<(string Name, string Email, long Id)> entries)
    {
        for (var index = 0; index < Repeats; index++)
        {
            var (name, email, id) = entries[index % entries.Count];
            var written = (index % 4) switch { 0 => email.ToUpperInvariant(), 1 => $" {email} ", 2 => $"\"{name.Replace('"', '\'')}\" <{email}>", _ => email };
            Add("res.partner", ("name", index % 2 == 0 ? name : $"{name} (dup {index})"), ("email", written), ("is_company", index % 4 == 3 != (models["res.partner"].TryFind(id, out var first) && first["is_company"] is true)));
        }
    }

    private void FillChildren(List<(string Name, string Email, long Id)> entries)
    {
        for (var index = 0; index < Children; index++)
        {
            // Some have no name.
            Add(
                "res.partner", ("name", index % 18 == 0 ? null : $"{PersonNames[index % Persons]} {index:00}"), ("parent_id", entries[index % Companies].Id), ("type", ChildTypes[index % 4]),
                ("email", index % 2 == 1 ? $"child{index:00}@example.com" : null), ("phone", $"+263 77 000 {4000 + index}"));
        }
    }

    private void FillWithoutAddress()
    {
        for (var index = 0; index < WithoutAddress; index++)
        {
            Add("res.partner", ("name", $"{PersonNames[index % Persons]} {index:00} of {CompanyNames[index % CompanyNames.Length]}"), ("email", index < 30 ? null : Unusable[(index - 30) % Unusable.Length]));
        }
    }

    private void FillArchived()
    {
        for (var index = 0; index < Archived; index++)
        {
            Add("res.partner", ("name", $"Archived {index:00}"), ("email", $"archived{index:00}@example.com"), ("is_company", index % 2 == 1), ("active", false));
        }
    }

    private void FillUsers()
    {
        var first = Version < 19 ? 6 : 5;
        Users.Add(new Models.StandInUser(2, "admin", "Administrator", 3, "admin", $"admin-key-of-the-stand-in-{Version}") { IsAdmin = true });
        foreach (var (login, name, isInternal) in new[] { ("low", "Low User", true), ("portal", "Portal Person", false), ("sync", "Sync Robot", true) })
        {
            var partner = Add("res.partner", ("name", name), ("email", isInternal ? null : "portal@example.com"), ("partner_share", !isInternal));
            var user = new Models.StandInUser(first++, login, name, partner.Id, $"{login}-secret-1", $"{login}-key-of-the-stand-in-{Version}") { IsInternal = isInternal };
            if (login != "sync")
            {
                user.Denied.UnionWith(["account.move", "sale.order"]);
            }

            Users.Add(user);
        }

        foreach (var user in Users)
        {
            var record = models["res.users"].Add(user.Id);
            (record["name"], record["login"], record["partner_id"], record["active"], record["share"]) = (user.Name, user.Login, user.PartnerId, true, !user.IsInternal);
        }
    }

    // A month ago, about 27 per second, as after an import.
    private void SpreadWriteDates()
    {
        var begun = Now().AddDays(-30);
        foreach (var record in models["res.partner"].Records)
        {
            record["create_date"] = record["write_date"] = begun = begun.AddMicroseconds(37_003);
        }
    }
}
