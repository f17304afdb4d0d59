Attribute VB_Name = "TickmarkRibbon"
Option Explicit

' Callbacks of the ribbon. What goes to Python is a constant tag of the ribbon's XML, never the
' text of a cell or a name. Only Subs are public: a cell can call no Sub.

Private Const NO_COST As String = "Cost today"
Private Const LONGEST_LABEL As Long = 20

Private theRibbon As Object

Public Sub TickmarkRibbonLoaded(ribbon As Object)
    Set theRibbon = ribbon
End Sub

Public Sub TickmarkPressed(control As Object)
    Dim pressedTag As String
    pressedTag = control.Tag
    If Not IsTag(pressedTag) Then Exit Sub
    If Not HasWorkbook() Then
        MsgBox "Open a workbook first; Tickmark works on the active one.", vbInformation, "Tickmark"
        Exit Sub
    End If
    RunPython "import xlwings_addin.ribbon; xlwings_addin.ribbon.pressed('" & pressedTag & "')"
    TickmarkCostChanged
End Sub

' The label is what Python left in a small file; Python is not started for it.
Public Sub TickmarkCostLabel(control As Object, ByRef returnedVal As Variant)
    Dim label As String
    label = CostText()
    If Len(label) = 0 Then label = NO_COST
    returnedVal = Left(label, LONGEST_LABEL)
End Sub

Public Sub TickmarkCostChanged()
    On Error Resume Next
    If Not theRibbon Is Nothing Then theRibbon.InvalidateControl "buttonCost"
    On Error GoTo 0
End Sub

' A copy beside the workbook that is open: its path, its changes and its saved state stay.
' Excel for Mac offers this to VBA only.
Public Sub TickmarkSaveCopy(ByVal bookName As String, ByVal copyPath As String)
    Workbooks(bookName).SaveCopyAs copyPath
End Sub

Private Function IsTag(ByVal text As String) As Boolean
    Dim position As Long
    Dim letter As String
    IsTag = Len(text) > 0 And Len(text) <= 40
    For position = 1 To Len(text)
        letter = Mid(text, position, 1)
        If InStr(1, "abcdefghijklmnopqrstuvwxyz-", letter, vbBinaryCompare) = 0 Then IsTag = False
    Next position
End Function

Private Function HasWorkbook() As Boolean
    HasWorkbook = False
    On Error GoTo noWorkbook
    HasWorkbook = Not (ActiveWorkbook Is Nothing)
noWorkbook:
End Function

Private Function CostText() As String
    Dim path As String
    Dim channel As Integer
    Dim firstLine As String
    CostText = ""
    On Error GoTo noFile
    path = CostFile()
    If Len(path) = 0 Then Exit Function
    If Len(Dir(path)) = 0 Then Exit Function
    channel = FreeFile
    Open path For Input As #channel
    If Not EOF(channel) Then Line Input #channel, firstLine
    Close #channel
    CostText = Trim(firstLine)
noFile:
End Function

' Excel for Mac is confined to its container, which is its HOME.
Private Function CostFile() As String
    CostFile = ""
    If Len(Environ("TICKMARK_HOME")) > 0 Then
        CostFile = Environ("TICKMARK_HOME") & "/state/cost.txt"
    ElseIf Len(Environ("USERPROFILE")) > 0 Then
        CostFile = Environ("USERPROFILE") & "\.tickmark\cost.txt"
    ElseIf Len(Environ("HOME")) > 0 Then
        CostFile = Environ("HOME") & "/.tickmark/cost.txt"
    End If
End Function
