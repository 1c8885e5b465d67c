using Patron.Erp.Dashboards;

namespace Patron.Demo;

/// <summary>
/// The invoices, orders and services of a demo partner. Their dates move with the current day, so that some are always open and some
/// overdue. Partners other than the first have a part of them.
/// </summary>
internal sealed class DemoLedger(string partnerId, DateTimeOffset now)
{
    private const decimal TaxRate = 0.19m;

    private static readonly (string Description, decimal Price)[] Catalogue =
    [
        ("Office chair", 189m), ("Desk lamp", 49.50m), ("Standing desk", 640m), ("Monitor arm", 119m), ("Bookshelf", 265m),
        ("Delivery and assembly", 75m), ("Yearly maintenance", 480m),
    ];

    // Age in days, days until it is due, currency, and the share that is paid.
    private static readonly (int Age, int DueIn, string Currency, decimal Paid, InvoiceKind Kind)[] Invoiced =
    [
        (4, 26, "EUR", 0, InvoiceKind.Invoice), (18, 12, "USD", 0.5m, InvoiceKind.Invoice), (51, -21, "EUR", 0, InvoiceKind.Invoice),
        (66, -36, "USD", 0, InvoiceKind.Invoice), (80, -50, "EUR", 1, InvoiceKind.Invoice), (95, -65, "EUR", 1, InvoiceKind.CreditNote),
        (120, -90, "EUR", 1, InvoiceKind.Invoice), (160, -130, "USD", 1, InvoiceKind.Invoice), (200, -170, "EUR", 1, InvoiceKind.Invoice),
        (260, -230, "EUR", 1, InvoiceKind.Invoice), (330, -300, "EUR", 1, InvoiceKind.Invoice), (400, -370, "USD", 1, InvoiceKind.Invoice),
    ];

    private static readonly (int Age, string Currency)[] Ordered = [(2, "EUR"), (9, "EUR"), (70, "USD"), (130, "EUR"), (210, "EUR")];

    private readonly int partner = int.Parse(partnerId);

    /// <summary>The latest first.</summary>
    public IReadOnlyList<ErpDocument> Invoices =>
        [.. Enumerable.Range(0, Invoiced.Length).Where(IsOfPartner).Select(Invoice)];

    /// <summary>The latest first; the first one is a quotation.</summary>
    public IReadOnlyList<ErpDocument> Orders => [.. Enumerable.Range(0, Ordered.Length).Where(IsOfPartner).Select(Order)];

    public IReadOnlyList<ErpService> Services =>
    [
        new(Id(0), $"SUB-{Id(0)}", "Maintenance, monthly", ServiceState.Active, Today.AddDays(-400), Today.AddDays(11), 40m, "EUR"),
    ];

    private DateOnly Today => DateOnly.FromDateTime(now.UtcDateTime);

    private bool IsOfPartner(int number) => partner == 1 || (partner + number) % 3 != 0;

    private long Id(int number) => (partner * 100) + number + 1;

    private ErpDocument Invoice(int number)
    {
        var (age, dueIn, currency, paid, kind) = Invoiced[number];
        var (lines, untaxed, tax) = Lines(number);
        var open = decimal.Round((untaxed + tax) * (1 - paid), 2);
        var invoice = new ErpInvoice(
            Id(number), $"INV-{Id(number):D5}", kind, State(paid), Today.AddDays(-age), Today.AddDays(dueIn), open > 0 && dueIn < 0,
            untaxed + tax, open, currency, $"Order S{Id(number):D5}");
        return new ErpDocument(invoice, null, untaxed, tax, lines, HasPdf: true, PortalUrl: null);
    }

    private ErpDocument Order(int number)
    {
        var (age, currency) = Ordered[number];
        var (lines, untaxed, tax) = Lines(number);
        var order = new ErpOrder(
            Id(number), $"S{Id(number):D5}", number == 0 ? OrderState.Sent : OrderState.Confirmed, now.AddDays(-age), untaxed + tax,
            currency, null);
        return new ErpDocument(null, order, untaxed, tax, lines, HasPdf: false, PortalUrl: null);
    }

    private static InvoiceState State(decimal paid) => paid switch
    {
        0 => InvoiceState.Open,
        1 => InvoiceState.Paid,
        _ => InvoiceState.PartlyPaid,
    };

    private (ErpLine[] Lines, decimal Untaxed, decimal Tax) Lines(int number)
    {
        ErpLine[] lines = [Line(number + partner, 1 + (number % 3)), Line(number + partner + 2, 1)];
        var untaxed = lines.Sum(line => line.Amount!.Value);
        return (lines, untaxed, decimal.Round(untaxed * TaxRate, 2));
    }

    private static ErpLine Line(int item, int quantity)
    {
        var (description, price) = Catalogue[item % Catalogue.Length];
        return new ErpLine(LineKind.Item, description, quantity, price, null, quantity * price);
    }
}
