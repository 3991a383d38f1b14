# ข้อความที่แสดงในทุกหน้า โปรดแก้ไขเฉพาะข้อความทางขวาของเครื่องหมาย =
frame-skip = ข้ามไปยังเนื้อหา
frame-nav = หน้า
frame-language = ภาษา
frame-support = ติดต่อเรา
frame-support-page = หน้าช่วยเหลือ
frame-terms = ข้อกำหนดการใช้งาน
frame-privacy = นโยบายความเป็นส่วนตัว

# ข้อความที่ LINE แนะนำให้แสดงระหว่างที่บัญชีใช้งานไม่ได้ { $name } คือชื่อบัญชี
locked-title = ไม่สามารถใช้หน้านี้ได้
locked = ไม่สามารถใช้หน้านี้ได้ เนื่องจากบัญชี LINE Official Account "{ $name }" ใช้งานไม่ได้ในขณะนี้
locked-unnamed = ไม่สามารถใช้หน้านี้ได้ เนื่องจากบัญชี LINE Official Account ใช้งานไม่ได้ในขณะนี้

# สิทธิ์ที่บัญชีอนุญาต
scope-message-send = ส่งข้อความ
scope-message-receive = รับข้อความและเหตุการณ์อื่นๆ
scope-account-manage = ตั้งค่าริชเมนูและอ่านสถิติ
scope-message-mark-as-read = ทำเครื่องหมายว่าอ่านแล้ว
scope-profile-read = อ่านโปรไฟล์ของผู้ใช้
scope-message-templated-pnp = ส่งข้อความแจ้งเตือนไปยังหมายเลขโทรศัพท์
scope-coupon-manage = จัดการคูปอง
