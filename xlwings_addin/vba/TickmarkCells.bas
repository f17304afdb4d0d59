Attribute VB_Name = "TickmarkCells"
Option Explicit
Option Private Module

' From a worksheet function to Python: packs values, formulas, number formats and place of each
' argument, and makes a text of every failure. Properties that LibreOffice lacks are guarded.

Private Const MOST_CELLS As Double = 100000
Private Const MOST_RUNS As Long = 1000
Private Const PAUSE_SECONDS As Double = 20
Private Const DAY_SECONDS As Double = 86400
Private Const NOT_CALCULATED As String = "not calculated"

Private Const WAITING As String = "#LLM wait"
Private Const NO_START As String = "#LLM backend: Python did not start; run tickmark excel doctor, then recalculate (Ctrl+Alt+F9)"
Private Const NO_ANSWER As String = "#LLM backend: Python did not answer; recalculate (Ctrl+Alt+F9), and run tickmark excel doctor if it stays"
Private Const NOT_ON_MAC As String = "#LLM host: worksheet functions need Excel for Windows; use the Tickmark tab"
Private Const UNREADABLE As String = "the cells cannot be read; recalculate, and give fewer cells if it stays"
Private Const SEVERAL As String = "it has several areas; give one block of cells"

Private theServer As Object
Private isStarting As Boolean
Private pausedUntil As Date
Private runs() As Variant
Private runCount As Long

' The value of a function now; packed holds one TickmarkPacked for each argument.
Public Function TickmarkCall(ByVal functionName As String, ByVal packed As Variant) As Variant
    Dim position As Long
    On Error GoTo failed
    For position = LBound(packed) To UBound(packed)
        If packed(position)(0) = NOT_CALCULATED Then
            TickmarkCall = WAITING
            Exit Function
        End If
    Next position
    If IsMac() Then
        TickmarkCall = NOT_ON_MAC
    ElseIf Now < pausedUntil Then
        TickmarkCall = NO_START
    Else
        TickmarkCall = Server().CallUDF("xlwings_addin.udfs", "call", Array(functionName, packed, Context()), ThisWorkbook, Application.Caller)
    End If
    Exit Function
failed:
    TickmarkCall = Failure(Err.Number)
End Function

' An argument in the form that Python unpacks; a range whose cells still wait for their own
' calculation is told, for Excel calls again and a question about half a range would cost money.
Public Function TickmarkPacked(Optional argument As Variant) As Variant
    On Error GoTo failed
    If IsMissing(argument) Then
        TickmarkPacked = Array("missing")
    ElseIf IsObject(argument) Then
        TickmarkPacked = PackedRange(argument)
    ElseIf Not IsArray(argument) Then
        TickmarkPacked = Array("value", argument)
    ElseIf CellCount(argument) > MOST_CELLS Then
        TickmarkPacked = Array("problem", TooMany(CellCount(argument)))
    Else
        TickmarkPacked = Array("values", argument)
    End If
    Exit Function
failed:
    TickmarkPacked = Array("problem", UNREADABLE)
End Function

Private Function PackedRange(ByVal area As Object) As Variant
    Dim rowCount As Long
    Dim columnCount As Long
    Dim cells As Object
    Dim values As Variant
    Dim formulas As Variant
    If area.Areas.Count > 1 Then
        PackedRange = Array("problem", SEVERAL)
        Exit Function
    End If
    rowCount = Kept(area.Rows.Count, LastUsedRow(area) - area.Row + 1)
    columnCount = Kept(area.Columns.Count, LastUsedColumn(area) - area.Column + 1)
    If CDbl(rowCount) * CDbl(columnCount) > MOST_CELLS Then
        PackedRange = Array("problem", TooMany(CDbl(rowCount) * CDbl(columnCount)))
        Exit Function
    End If
    Set cells = area.Resize(rowCount, columnCount)
    values = ValuesOf(cells)
    formulas = FormulasOf(cells)
    If WaitsForItself(values, formulas) Then
        PackedRange = Array(NOT_CALCULATED)
    Else
        PackedRange = Array(KindOf(cells), BookOf(cells), cells.Worksheet.Name, cells.Row, cells.Column, _
            values, formulas, FormatsOf(cells, rowCount, columnCount))
    End If
End Function

' At least one row or column, so that a range outside of the used cells stays a range.
Private Function Kept(ByVal wanted As Long, ByVal used As Long) As Long
    Kept = wanted
    If used < Kept Then Kept = used
    If Kept < 1 Then Kept = 1
End Function

Private Function LastUsedRow(ByVal area As Object) As Long
    Dim used As Object
    Set used = area.Worksheet.UsedRange
    LastUsedRow = used.Row + used.Rows.Count - 1
End Function

Private Function LastUsedColumn(ByVal area As Object) As Long
    Dim used As Object
    Set used = area.Worksheet.UsedRange
    LastUsedColumn = used.Column + used.Columns.Count - 1
End Function

Private Function BookOf(ByVal cells As Object) As String
    BookOf = ""
    On Error GoTo unknown
    BookOf = cells.Worksheet.Parent.FullName
unknown:
End Function

' Workbooks that began on old Macs count the days of their dates from 1904.
Private Function KindOf(ByVal cells As Object) As String
    KindOf = "range"
    On Error GoTo unknown
    If cells.Worksheet.Parent.Date1904 Then KindOf = "range 1904"
unknown:
End Function

Private Function ValuesOf(ByVal cells As Object) As Variant
    On Error GoTo older
    ValuesOf = cells.Value2
    Exit Function
older:
    ValuesOf = cells.Value
End Function

Private Function FormulasOf(ByVal cells As Object) As Variant
    On Error GoTo older
    FormulasOf = cells.Formula2
    Exit Function
older:
    FormulasOf = cells.Formula
End Function

' Excel calls a function before the cells that it reads are calculated, and again afterwards; until
' then a formula shows itself as empty, which no calculated formula is.
Private Function WaitsForItself(ByRef values As Variant, ByRef formulas As Variant) As Boolean
    Dim rowNumber As Long
    Dim columnNumber As Long
    WaitsForItself = False
    If Not IsArray(values) Then
        If IsEmpty(values) Then WaitsForItself = IsFormula(formulas)
        Exit Function
    End If
    For rowNumber = LBound(values, 1) To UBound(values, 1)
        For columnNumber = LBound(values, 2) To UBound(values, 2)
            If IsEmpty(values(rowNumber, columnNumber)) Then
                If IsFormula(formulas(rowNumber, columnNumber)) Then
                    WaitsForItself = True
                    Exit Function
                End If
            End If
        Next columnNumber
    Next rowNumber
End Function

Private Function IsFormula(ByRef text As Variant) As Boolean
    IsFormula = False
    If VarType(text) = vbString Then IsFormula = Left(text, 1) = "="
End Function

' Runs of one number format: the top and left cell from 0, rows, columns and format of each. What
' lies beyond the last possible run is taken for General.
Private Function FormatsOf(ByVal cells As Object, ByVal rowCount As Long, ByVal columnCount As Long) As Variant
    Dim kept() As Variant
    Dim position As Long
    ReDim runs(0 To 5 * MOST_RUNS - 1)
    runCount = 0
    AddRuns cells, 0, 0, rowCount, columnCount
    ReDim kept(0 To 5 * runCount - 1)
    For position = 0 To 5 * runCount - 1
        kept(position) = runs(position)
    Next position
    FormatsOf = kept
End Function

' Columns are parted first: most tables have one format in a column.
Private Sub AddRuns(ByVal cells As Object, ByVal top As Long, ByVal leftmost As Long, ByVal height As Long, ByVal width As Long)
    Dim found As Variant
    Dim half As Long
    If runCount >= MOST_RUNS Then Exit Sub
    found = FormatOf(cells, top, leftmost, height, width)
    If Not IsNull(found) Then
        AddRun top, leftmost, height, width, found
    ElseIf width > 1 Then
        half = width \ 2
        AddRuns cells, top, leftmost, height, half
        AddRuns cells, top, leftmost + half, height, width - half
    ElseIf height > 1 Then
        half = height \ 2
        AddRuns cells, top, leftmost, half, width
        AddRuns cells, top + half, leftmost, height - half, width
    Else
        AddRun top, leftmost, height, width, "General"
    End If
End Sub

Private Sub AddRun(ByVal top As Long, ByVal leftmost As Long, ByVal height As Long, ByVal width As Long, ByVal numberFormat As String)
    runs(5 * runCount) = top
    runs(5 * runCount + 1) = leftmost
    runs(5 * runCount + 2) = height
    runs(5 * runCount + 3) = width
    runs(5 * runCount + 4) = numberFormat
    runCount = runCount + 1
End Sub

' The number format of all these cells, Null where there are several.
Private Function FormatOf(ByVal cells As Object, ByVal top As Long, ByVal leftmost As Long, ByVal height As Long, ByVal width As Long) As Variant
    FormatOf = "General"
    On Error GoTo unknown
    FormatOf = cells.Cells(top + 1, leftmost + 1).Resize(height, width).NumberFormat
unknown:
End Function

Private Function CellCount(ByRef values As Variant) As Double
    CellCount = UBound(values, 1) - LBound(values, 1) + 1
    On Error GoTo oneDimension
    CellCount = CellCount * (UBound(values, 2) - LBound(values, 2) + 1)
oneDimension:
End Function

Private Function TooMany(ByVal count As Double) As String
    TooMany = "it has " & CStr(count) & " cells; give at most " & CStr(MOST_CELLS)
End Function

' Where the function stands, and whether the user is still typing in the function wizard.
Private Function Context() As Variant
    Dim place As Object
    Context = Array("", "", 0, 0, 0, 0, InWizard())
    On Error GoTo unknown
    If TypeName(Application.Caller) <> "Range" Then Exit Function
    Set place = Application.Caller
    Context = Array(place.Worksheet.Parent.FullName, place.Worksheet.Name, place.Row, place.Column, _
        place.Rows.Count, place.Columns.Count, InWizard())
unknown:
End Function

' Excel has no property for this; its first button is off while the wizard is open.
Private Function InWizard() As Boolean
    InWizard = False
    On Error GoTo unknown
    InWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
unknown:
End Function

Private Function IsMac() As Boolean
    IsMac = False
    On Error GoTo unknown
    IsMac = InStr(1, Application.OperatingSystem, "Mac", vbTextCompare) > 0
unknown:
End Function

' Python's server, kept between calls; after a failure it is asked for again, or started anew.
Private Function Server() As Object
    If theServer Is Nothing Then
        isStarting = True
        Set theServer = xlwings.XLPy()
        isStarting = False
    End If
    Set Server = theServer
End Function

' A start that fails can take a minute, so the other cells of the same calculation do not try.
Private Function Failure(ByVal errorNumber As Long) As String
    Set theServer = Nothing
    If isStarting Then
        isStarting = False
        pausedUntil = Now + PAUSE_SECONDS / DAY_SECONDS
        Failure = NO_START
        Exit Function
    End If
    Failure = NO_ANSWER
    If HasDied(errorNumber) Then EndServer
End Function

' Codes of COM for a server that is gone: xlwings itself knows only the first of them.
Private Function HasDied(ByVal errorNumber As Long) As Boolean
    Select Case errorNumber
        Case -2147023174, -2147023170, -2147417848, -2147220995, -2147418094, -2147418105, 462
            HasDied = True
        Case Else
            HasDied = False
    End Select
End Function

' What is left of a dead server is given up, so that the next call starts a new one.
Private Sub EndServer()
    On Error GoTo gone
    xlwings.KillPy
gone:
End Sub
